import { Failure } from '../domain/failure.ts'
import { openSession, userNamed } from '../domain/people.ts'
import type { Session, State } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { randomSecret, sha256 } from '../kit/ids.ts'

export interface SignInNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<State>
  guard: {
    check(name: string, address: string): void
    failed(name: string, address: string): void
    succeeded(name: string, address: string): void
  }
  /** Takes as long for no user (null) as for a wrong password. */
  isPassword(hash: string | null, password: string): Promise<boolean>
  audit(entry: {
    action: string
    who: string
    from: string
    result: 'done' | 'refused'
    reason?: string
  }): Promise<void>
}

export interface SignInTry {
  readonly name: string
  readonly password: string
  readonly address: string
  readonly local: boolean
  readonly agent: string
}

/**
 * Opens a session and gives the secret for its cookie; only the hash is kept. Throws Failure: `too-many` while
 * guessing is held back, `signed-out` for a wrong name or password (the same for both), `forbidden` where the
 * first password would be used from outside.
 */
export function signIn(
  needs: SignInNeeds,
): (attempt: SignInTry) => Promise<{ secret: string; session: Session }> {
  return async ({ name, password, address, local, agent }) => {
    needs.guard.check(name, address)
    const user = userNamed(needs.state(), name)
    const refuse = async (reason: string): Promise<never> => {
      await needs.audit({
        action: 'sign-in',
        who: name.slice(0, 100),
        from: address,
        result: 'refused',
        reason,
      })
      throw new Failure('signed-out', text('sign-in.wrong'))
    }
    // Counted before the slow check: tries that come at once must not all slip through.
    needs.guard.failed(name, address)
    const isRight = await needs.isPassword(user?.passwordHash ?? null, password)
    if (user === null || !isRight || user.disabled)
      return refuse(user?.disabled === true ? 'disabled' : 'wrong')
    if (user.mustChangePassword && !local) throw new Failure('forbidden', text('sign-in.first-from-outside'))
    needs.guard.succeeded(name, address)
    const secret = randomSecret()
    const now = needs.clock.now()
    const session: Session = {
      id: sha256(secret),
      userId: user.id,
      createdAt: now.toISOString(),
      lastSeenAt: now.toISOString(),
      address,
      agent: agent.slice(0, 200),
      door: 'public',
    }
    await needs.change((state) => openSession(state, session, now))
    await needs.audit({ action: 'sign-in', who: user.name, from: address, result: 'done' })
    return { secret, session }
  }
}
