import { randomBytes } from 'node:crypto'
import type { App } from '../../src/app.ts'
import type { AccessToken, Session, User } from '../../src/domain/state.ts'
import { newId, sha256 } from '../../src/kit/ids.ts'

/** Somebody at the door: headers to send with each request. */
export type Visitor = Readonly<Record<string, string>>

/** A header by which a request counts as coming from outside: a proxy that nobody listed. */
export const OUTSIDE: Visitor = { 'X-Forwarded-For': '203.0.113.9' }

/** A user who is signed in, without the slow hashing of a password. */
export async function signedIn(app: App, role: User['role'], more: Partial<User> = {}): Promise<Visitor> {
  const secret = randomBytes(32).toString('base64url')
  const at = app.house.clock.now().toISOString()
  const user: User = {
    id: newId('usr'),
    name: `${role}-${randomBytes(3).toString('hex')}`,
    role,
    passwordHash: '$argon2id$none',
    mustChangePassword: false,
    createdAt: at,
    lastSignInAt: at,
    disabled: false,
    homeAssistantId: null,
    preferences: {},
    ...more,
  }
  const session: Session = {
    id: sha256(secret),
    userId: user.id,
    createdAt: at,
    lastSeenAt: at,
    address: '127.0.0.1',
    agent: 'test',
    door: 'public',
  }
  await app.house.store.change((state) => ({
    ...state,
    users: { ...state.users, [user.id]: user },
    sessions: { ...state.sessions, [session.id]: session },
  }))
  return { Cookie: `ds_session=${secret}` }
}

/** A program with an access token of these scopes. */
export async function withToken(
  app: App,
  scopes: AccessToken['scopes'],
  more: Partial<AccessToken> = {},
): Promise<string> {
  const secret = `ds_${randomBytes(20).toString('hex')}`
  const token: AccessToken = {
    id: newId('tok'),
    name: scopes.join(' '),
    hash: sha256(secret),
    scopes,
    serverId: null,
    createdAt: app.house.clock.now().toISOString(),
    expiresAt: null,
    lastUsedAt: null,
    ...more,
  }
  await app.house.store.change((state) => ({ ...state, tokens: { ...state.tokens, [token.id]: token } }))
  return secret
}
