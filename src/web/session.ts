import type { Context } from 'koa'
import type { AccessToken, Session, User } from '../domain/state.ts'
import type { House } from './house.ts'

/** Who a request comes from, before any route is asked. */
export interface Identified {
  readonly user: User | null
  readonly session: Session | null
  readonly token: AccessToken | null
}

const GUEST: User = {
  id: 'usr_guest',
  name: 'guest',
  role: 'viewer',
  passwordHash: null,
  mustChangePassword: false,
  createdAt: '',
  lastSignInAt: null,
  disabled: false,
  homeAssistantId: null,
  preferences: {},
}

/** Until there is a sign-in, everybody looks on as a viewer. */
export async function identify(
  _ctx: Context,
  _house: House,
  _door: 'public' | 'ingress',
): Promise<Identified> {
  return { user: GUEST, session: null, token: null }
}
