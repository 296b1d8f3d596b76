import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import type { AccessToken, Session, User } from '../domain/state.ts'
import type { Reader, Words } from '../domain/words.ts'
import type { Sender } from './address.ts'
import type { Mount } from './mount.ts'
import type { Identified } from './session.ts'

export type Door = 'public' | 'ingress'

export function visitOf(ctx: Context): Visit {
  return ctx.state['visit'] as Visit
}

/** What a visit is made of. */
interface VisitParts {
  readonly door: Door
  readonly mount: Mount
  readonly path: string
  readonly from: Sender
  readonly who: Identified
  /** Asked once, and only by who writes words. */
  words(): Words
  readonly now: Date
}

/**
 * Everything about one request that pages and APIs may rely on. Made once, before any route runs. A class, because V8
 * takes thirty times as long to make an object literal that spreads others and has getters.
 */
export class Visit implements Mount {
  readonly door: Door
  readonly base: string
  readonly link: Mount['link']
  readonly asset: Mount['asset']
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
  /** For the few styles that a library injects: `style-src 'nonce-...'`. */
  readonly nonce = randomUUID() as string
  readonly now: Date
  readonly #makeWords: () => Words
  #words: Words | null = null

  constructor({ door, mount, path, from, who, words, now }: VisitParts) {
    this.door = door
    this.base = mount.base
    this.link = mount.link
    this.asset = mount.asset
    this.path = path
    this.address = from.address
    this.local = from.local
    this.https = from.https
    this.origin = `${from.https ? 'https' : 'http'}://${from.host}`
    this.user = who.user
    this.session = who.session
    this.token = who.token
    this.isAdministrator = who.user?.role === 'administrator' && !who.user.mustChangePassword
    this.now = now
    this.#makeWords = words
  }

  get words(): Words {
    this.#words ??= this.#makeWords()
    return this.#words
  }

  get reader(): Reader {
    return this.words.reader
  }
}
