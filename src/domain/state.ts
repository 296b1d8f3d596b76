import type { Incident } from './incident.ts'
import type { Job } from './job.ts'
import type { Notice } from './notice.ts'
import type { Server } from './server.ts'

/**
 * Everything but the history of runs: the content of `db.json`. Changed only by pure functions from state to
 * state; maps are by our own ids, so no foreign text is ever a key.
 */
export interface State {
  readonly schemaVersion: number
  /** Names this installation to others (MQTT identifiers): 8 letters and digits, made once. */
  readonly instance: string
  readonly createdAt: string
  /** Product settings by name as set on pages; what is not here has its default. Secrets are not here. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Sealed secrets by name; see `web` settings pages and `kit/seal`. */
  readonly secrets: Readonly<Record<string, SealedSecret>>
  readonly users: Readonly<Record<string, User>>
  readonly sessions: Readonly<Record<string, Session>>
  readonly tokens: Readonly<Record<string, AccessToken>>
  readonly servers: Readonly<Record<string, Server>>
  readonly jobs: Readonly<Record<string, Job>>
  /** Open incidents by id. Closed ones go to the `incidents` journal. */
  readonly incidents: Readonly<Record<string, Incident>>
  /** Notices owed, and the last ones finished (bounded). */
  readonly notices: Readonly<Record<string, Notice>>
  /** Runs up to this number are folded into this state; those above are folded again on opening. */
  readonly foldedUpTo: number
  /** Last outcome of each piece of scheduled work, by its name in the timetable. */
  readonly chores: Readonly<Record<string, ChoreOutcome>>
  /** When we were down last: judged `unknown` until `catchUpUntil`. */
  readonly downtime: { readonly from: string; readonly to: string; readonly catchUpUntil: string } | null
  /** Fault notes a person should see once (quarantined lines, migration done), newest first, bounded. */
  readonly remarks: readonly Remark[]
  /** Room for features that keep a little state of their own, by feature name. */
  readonly features: Readonly<Record<string, unknown>>
}

export interface SealedSecret {
  /** AES-256-GCM: iv, tag and text in base64url, joined by dots. */
  readonly sealed: string
  readonly setAt: string
}

export interface User {
  readonly id: string
  readonly name: string
  readonly role: 'administrator' | 'viewer'
  /** argon2id in PHC form; null for users that come only through Home Assistant. */
  readonly passwordHash: string | null
  readonly mustChangePassword: boolean
  readonly createdAt: string
  readonly lastSignInAt: string | null
  readonly disabled: boolean
  readonly homeAssistantId: string | null
  readonly preferences: Readonly<Record<string, string>>
}

export interface Session {
  /** SHA-256 of the cookie value, hex; also the key. */
  readonly id: string
  readonly userId: string
  readonly createdAt: string
  readonly lastSeenAt: string
  readonly address: string
  readonly agent: string
  readonly door: 'public' | 'ingress'
}

export interface AccessToken {
  readonly id: string
  readonly name: string
  /** SHA-256 of the token, hex. */
  readonly hash: string
  readonly scopes: readonly ('report' | 'read' | 'admin')[]
  readonly serverId: string | null
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
}

export interface ChoreOutcome {
  readonly startedAt: string
  readonly finishedAt: string | null
  readonly ok: boolean
  readonly note: string
}

export interface Remark {
  readonly id: string
  readonly at: string
  readonly text: import('./text.ts').Text
}

/** A database on its first day. */
export function emptyState(made: { schemaVersion: number; instance: string; now: Date }): State {
  return {
    schemaVersion: made.schemaVersion,
    instance: made.instance,
    createdAt: made.now.toISOString(),
    settings: {},
    secrets: {},
    users: {},
    sessions: {},
    tokens: {},
    servers: {},
    jobs: {},
    incidents: {},
    notices: {},
    foldedUpTo: 0,
    chores: {},
    downtime: null,
    remarks: [],
    features: {},
  }
}
