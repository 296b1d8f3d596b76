import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

/** argon2id at the cost that OWASP recommends (19 MiB, 2 passes, 1 lane). */
const COST = { memoryCost: 19456, timeCost: 2, parallelism: 1 } as const
/** Of the well-known first password: hashing it at every first start would only cost time. */
export const WELL_KNOWN_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$tEfMpaK5rRwYjzqGPM78LA$d803CrjHZgijA7dOh5wkEhHnGtBrrIeLUPvmrsDy0Q4'
/** Whether this is the first user, and the first password was not changed yet. */
export function hasWellKnownPassword(user: { readonly passwordHash: string | null }): boolean {
  return user.passwordHash === WELL_KNOWN_HASH
}

/** Of nothing anybody types: compared with when there is no such user, so that both answers take as long. */
const NOBODY = WELL_KNOWN_HASH
const WAITING_AT_MOST = 24

let turn: Promise<unknown> = Promise.resolve()
let waiting = 0

export async function hashPassword(password: string): Promise<string> {
  const { argon2id, hash } = await import('argon2')
  return oneAtATime(() => hash(password, { type: argon2id, ...COST }))
}

/** `hash` null for an unknown user: takes as long, and is never right. Throws Failure `too-many` under a flood. */
export async function isPassword(hash: string | null, password: string): Promise<boolean> {
  const { verify } = await import('argon2')
  const isRight = await oneAtATime(() => verify(hash ?? NOBODY, password).catch(() => false))
  return isRight && hash !== null
}

/** Whether a stored hash was made at another cost and is worth making anew at sign-in. */
export async function isOutdated(hash: string): Promise<boolean> {
  const { needsRehash } = await import('argon2')
  return needsRehash(hash, COST)
}

/** Each hash takes 19 MB and a thread of the pool: one at a time keeps uploads quick under a flood of guesses. */
async function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  if (waiting >= WAITING_AT_MOST) throw new Failure('too-many', text('sign-in.busy'))
  waiting += 1
  const mine = turn.then(work)
  turn = mine
    .catch(() => undefined)
    .finally(() => {
      waiting -= 1
    })
  return mine
}
