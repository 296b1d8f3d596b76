import { Failure } from './failure.ts'
import type { Job, Override } from './job.ts'
import { jobsOf } from './jobs-of.ts'
import type { Server } from './server.ts'
import type { State } from './state.ts'
import { text } from './text.ts'

export type OverrideKey = keyof Override

/** What is to change of what somebody set apart: null inherits again, what is not named stays as it is. */
export type OverrideChange = {
  readonly [K in Exclude<OverrideKey, 'channels'>]?: Required<Override>[K] | null
} & { readonly channels?: Readonly<Record<string, boolean | null>> }

/** A job, or a server for all its jobs. */
export interface Subject {
  readonly kind: 'job' | 'server'
  readonly id: string
}

/** What is set apart for when a run is expected and how late it may be. */
export const WATCHING_KEYS: readonly OverrideKey[] = ['watch', 'expect', 'toleranceMinutes']

/** What is set apart for who is told of what. */
export const NOTICE_KEYS: readonly OverrideKey[] = [
  'notifyOn',
  'overdueNotices',
  'recoveryNotices',
  'repeat',
  'channels',
  'extraEmails',
  'extraEmailsOn',
  'extraTopic',
  'extraTopicOn',
]

/** The overrides after a change. */
export function changed(before: Override, change: OverrideChange): Override {
  const { channels, ...plain } = change
  const next: Record<string, unknown> = { ...before }
  for (const [key, value] of Object.entries(plain)) {
    if (value === null) delete next[key]
    else if (value !== undefined) next[key] = value
  }
  if (channels !== undefined) {
    const merged = Object.entries({ ...before.channels, ...channels }).filter(([, on]) => on !== null)
    if (merged.length === 0) delete next['channels']
    else next['channels'] = Object.fromEntries(merged)
  }
  return next as Override
}

/** Sets something apart for a job or a server. Throws Failure `not-found`. */
export function changeOverrides(state: State, subject: Subject, change: OverrideChange): State {
  return withOverrides(state, subject, changed(subjectOf(state, subject).overrides, change))
}

/**
 * Lets all jobs of a server inherit what they had set apart under these keys, so that the server's values hold for
 * each; with `alsoServer` the server's own go too, and the defaults hold.
 */
export function inheritBelow(
  state: State,
  serverId: string,
  keys: readonly OverrideKey[],
  alsoServer: boolean,
): State {
  const server: Subject = { kind: 'server', id: serverId }
  const jobs = jobsOf(state, serverId).map((job): Subject => ({ kind: 'job', id: job.id }))
  return [...jobs, ...(alsoServer ? [server] : [])].reduce((next, subject) => {
    const before = subjectOf(next, subject).overrides
    const kept = Object.fromEntries(
      Object.entries(before).filter(([key]) => !keys.includes(key as OverrideKey)),
    )
    return Object.keys(kept).length === Object.keys(before).length
      ? next
      : withOverrides(next, subject, kept as Override)
  }, state)
}

/** The job or server itself. Throws Failure `not-found`. */
export function subjectOf(state: State, subject: Subject): Job | Server {
  const all: Readonly<Record<string, Job | Server>> = subject.kind === 'job' ? state.jobs : state.servers
  const found = Object.hasOwn(all, subject.id) ? all[subject.id] : undefined
  if (found !== undefined) return found
  throw new Failure(
    'not-found',
    text(subject.kind === 'job' ? 'failure.no-such-job' : 'failure.no-such-server'),
  )
}

function withOverrides(state: State, subject: Subject, overrides: Override): State {
  const { kind, id } = subject
  if (kind === 'job') {
    const job = state.jobs[id]
    return job === undefined ? state : { ...state, jobs: { ...state.jobs, [id]: { ...job, overrides } } }
  }
  const server = state.servers[id]
  return server === undefined
    ? state
    : { ...state, servers: { ...state.servers, [id]: { ...server, overrides } } }
}
