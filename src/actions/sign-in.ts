import { Failure } from '../domain/failure.ts'
import { changeUser, openSession, userNamed, WELL_KNOWN_PASSWORD } from '../domain/people.ts'
import type { Session, State, User } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { randomSecret, sha256 } from '../kit/ids.ts'
import type { AuditLine } from './actor.ts'

const LONGEST_AGENT = 200

export interface SignInNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<State>
  readonly guard: {
    held(who: Guesser): Held | null
    failed(who: Guesser): void
    succeeded(who: Guesser): void
  }
  /** Takes as long for no user (null) as for a wrong password. */
  isPassword(hash: string | null, password: string): Promise<boolean>
  wait(milliseconds: number): Promise<unknown>
  /** The hash at the present cost; null where this one will do. */
  rehash(hash: string, password: string): Promise<string | null>
  /** What a browser keeps of a user who signed in with it once, and whether that is what one has. */
  readonly devices: { keyOf(userId: string): string; isOf(userId: string, key: string): boolean }
  audit(line: AuditLine): Promise<void>
}

interface Held {
  readonly seconds: number
  readonly isFirst: boolean
  readonly answerAfterMs: number
}

interface Guesser {
  readonly name: string
  readonly address: string
  readonly device: string | null
}

export interface SignInTry {
  readonly name: string
  readonly password: string
  readonly address: string
  readonly local: boolean
  readonly agent: string
  /** What this browser kept of the last sign-in. */
  readonly device: string | null
}

export interface SignedIn {
  /** For the cookie; only its hash is kept. */
  readonly secret: string
  readonly session: Session
  /** For this browser to keep: strangers who guess cannot hold it back. */
  readonly device: string
}

/**
 * Opens a session. Throws Failure: `too-many` while guessing is held back, `signed-out` for a wrong name or password
 * (the same for both), `forbidden` where the first password would be used from outside.
 */
export function signIn(needs: SignInNeeds): (attempt: SignInTry) => Promise<SignedIn> {
  return async (attempt) => {
    const { name, password, address } = attempt
    const agent = attempt.agent.slice(0, LONGEST_AGENT)
    const user = userNamed(needs.state(), name)
    const who = { name, address, device: deviceOf(needs, user, attempt.device) }
    const refuse = async (reason: string, failure: Failure): Promise<never> => {
      const line = { action: 'sign-in', who: name.slice(0, 100), from: address, agent } as const
      await needs.audit({ ...line, result: 'refused', reason })
      throw failure
    }
    const held = needs.guard.held(who)
    if (held !== null) {
      const failure = new Failure('too-many', text('sign-in.wait', { wait: { seconds: held.seconds } }))
      if (held.isFirst) return refuse('held', failure)
      await needs.wait(held.answerAfterMs)
      throw failure
    }
    // Counted before the slow check: tries that come at once must not all slip through.
    needs.guard.failed(who)
    const isRight = await needs.isPassword(user?.passwordHash ?? null, password)
    if (user === null || !isRight || user.disabled)
      return refuse(
        user?.disabled === true ? 'disabled' : 'wrong',
        new Failure('signed-out', text('sign-in.wrong')),
      )
    if (password === WELL_KNOWN_PASSWORD && !attempt.local)
      return refuse('outside', new Failure('forbidden', text('sign-in.first-from-outside')))
    needs.guard.succeeded(who)
    const secret = randomSecret()
    const now = needs.clock.now()
    const session: Session = {
      id: sha256(secret),
      userId: user.id,
      createdAt: now.toISOString(),
      lastSeenAt: now.toISOString(),
      address,
      agent,
      door: 'public',
    }
    const fresh = await needs.rehash(user.passwordHash ?? '', password)
    await needs.change((state) => {
      const isSame = fresh !== null && state.users[user.id]?.passwordHash === user.passwordHash
      return openSession(isSame ? changeUser(state, user.id, { passwordHash: fresh }) : state, session, now)
    })
    await needs.audit({ action: 'sign-in', who: user.name, from: address, agent, result: 'done' })
    return { secret, session, device: needs.devices.keyOf(user.id) }
  }
}

function deviceOf(needs: SignInNeeds, user: User | null, key: string | null): string | null {
  return user !== null && key !== null && needs.devices.isOf(user.id, key) ? key : null
}
