import type { Context } from 'koa'
import type { AccessToken, Session, User } from '../domain/state.ts'
import type { Reader, Words } from '../domain/words.ts'
import type { Mount } from './mount.ts'

/** Everything about one request that pages and APIs may rely on. Made once, before any route runs. */
export interface Visit extends Mount {
  readonly door: 'public' | 'ingress'
  /** Path inside the product, without the base path. */
  readonly path: string
  /** Address of the sender, through trusted proxies only. */
  readonly address: string
  /** Whether the sender is on this machine or in the local network, and no unlisted proxy stands between. */
  readonly local: boolean
  readonly https: boolean
  /** Scheme and host as this browser sees them; only for showing, never for messages. */
  readonly origin: string
  readonly user: User | null
  readonly session: Session | null
  readonly token: AccessToken | null
  /** Administrator on this visit: also false for a user who must change the password first. */
  readonly isAdministrator: boolean
  readonly reader: Reader
  readonly words: Words
  /** For the few styles that a library injects: `style-src 'nonce-...'`. */
  readonly nonce: string
  readonly now: Date
}

export function visitOf(ctx: Context): Visit {
  return ctx.state['visit'] as Visit
}
