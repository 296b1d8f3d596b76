import type { Context } from 'koa'
import { sessionUser } from '../domain/people.ts'
import type { AccessToken, Session, State, User } from '../domain/state.ts'
import { newId, sha256 } from '../kit/ids.ts'
import { cookie, SESSION_COOKIE } from './cookies.ts'
import type { House } from './house.ts'

/** Who a request comes from, before any route is asked. */
export interface Identified {
  readonly user: User | null
  readonly session: Session | null
  readonly token: AccessToken | null
}

const SEEN_EVERY_MS = 5 * 60_000
const VISIT_MS = 8 * 60 * 60_000
const NOBODY: Identified = { user: null, session: null, token: null }

/** Public door: session cookie or access token. Ingress door: the user whom the Supervisor names. */
export async function identify(ctx: Context, house: House, door: 'public' | 'ingress'): Promise<Identified> {
  if (door === 'ingress') return identifyByHomeAssistant(ctx, house)
  const token = tokenOf(ctx, house)
  const raw = cookie(ctx, SESSION_COOKIE)
  const found = raw === null ? null : sessionUser(house.store.state(), sha256(raw), house.clock.now())
  if (found !== null) noteSeen(house, found.session)
  return found === null ? { ...NOBODY, token } : { ...found, token }
}

/** Name and id come with each request; the rank is looked up in Home Assistant and falls back to viewer. */
async function identifyByHomeAssistant(ctx: Context, house: House): Promise<Identified> {
  const id = ctx.get('X-Remote-User-Id')
  if (!/^[0-9a-f]{32}$/i.test(id)) return NOBODY
  const role = await house.homeAssistantRank(id)
  const known = Object.values(house.store.state().users).find((user) => user.homeAssistantId === id)
  if (known?.disabled === true) return NOBODY
  const user =
    known ??
    (await addHomeAssistantUser(
      house,
      id,
      ctx.get('X-Remote-User-Display-Name') || ctx.get('X-Remote-User-Name'),
    ))
  noteVisit(house, user)
  return { user: { ...user, role, mustChangePassword: false }, session: null, token: null }
}

async function addHomeAssistantUser(house: House, homeAssistantId: string, name: string): Promise<User> {
  const user: User = {
    id: newId('usr'),
    name: name.slice(0, 100) || 'Home Assistant',
    role: 'viewer',
    passwordHash: null,
    mustChangePassword: false,
    createdAt: house.clock.now().toISOString(),
    lastSignInAt: null,
    disabled: false,
    homeAssistantId,
    preferences: {},
  }
  const add = (state: State): State => {
    const isThere = Object.values(state.users).some((one) => one.homeAssistantId === homeAssistantId)
    return isThere ? state : { ...state, users: { ...state.users, [user.id]: user } }
  }
  const state = await house.store.change(add).catch(() => house.store.state())
  return Object.values(state.users).find((one) => one.homeAssistantId === homeAssistantId) ?? user
}

/** Home Assistant signs its people in: here a first look in many hours stands for it. */
function noteVisit(house: House, { id, lastSignInAt }: User): void {
  const now = house.clock.now()
  if (lastSignInAt !== null && Math.abs(now.getTime() - Date.parse(lastSignInAt)) < VISIT_MS) return
  void house.store
    .change((state) => {
      const current = state.users[id]
      if (current === undefined) return state
      return { ...state, users: { ...state.users, [id]: { ...current, lastSignInAt: now.toISOString() } } }
    })
    .catch(() => undefined)
}

/** A token in a header, as Basic password, in the report address, or in the query. */
function tokenOf(ctx: Context, house: House): AccessToken | null {
  const given = givenToken(ctx)
  if (given === null) return null
  const hash = sha256(given)
  const token = Object.values(house.store.state().tokens).find((one) => one.hash === hash)
  const now = house.clock.now()
  if (token === undefined || (token.expiresAt !== null && Date.parse(token.expiresAt) <= now.getTime()))
    return null
  noteUsed(house, token, now)
  return token
}

function givenToken(ctx: Context): string | null {
  const authorization = ctx.get('Authorization')
  if (authorization !== '') {
    const [scheme = '', value = ''] = authorization.split(' ')
    if (/^bearer$/i.test(scheme) && value !== '') return value
    if (/^basic$/i.test(scheme))
      return Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':') || null
  }
  if (ctx.get('X-API-Key') !== '') return ctx.get('X-API-Key')
  const inPath = /^\/api\/(?:upload|live)\/([A-Za-z0-9_-]{20,100})$/.exec(ctx.path)
  if (inPath !== null) return inPath[1] ?? null
  const inQuery = ctx.querystring === '' ? '' : ctx.query['token']
  return typeof inQuery === 'string' && inQuery !== '' ? inQuery : null
}

/** Written at most every few minutes, also after the clock was set back; a failure to note it hurts nobody. */
function noteSeen(house: House, session: Session): void {
  const now = house.clock.now()
  if (Math.abs(now.getTime() - Date.parse(session.lastSeenAt)) < SEEN_EVERY_MS) return
  void house.store
    .change((state) => {
      const current = state.sessions[session.id]
      if (current === undefined) return state
      return {
        ...state,
        sessions: { ...state.sessions, [session.id]: { ...current, lastSeenAt: now.toISOString() } },
      }
    })
    .catch(() => undefined)
}

function noteUsed(house: House, token: AccessToken, now: Date): void {
  if (token.lastUsedAt !== null && Math.abs(now.getTime() - Date.parse(token.lastUsedAt)) < SEEN_EVERY_MS)
    return
  void house.store
    .change((state) => {
      const current = state.tokens[token.id]
      if (current === undefined) return state
      return {
        ...state,
        tokens: { ...state.tokens, [token.id]: { ...current, lastUsedAt: now.toISOString() } },
      }
    })
    .catch(() => undefined)
}
