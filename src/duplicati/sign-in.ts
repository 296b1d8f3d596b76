import { Failure } from '../domain/failure.ts'
import type { Reach, ReachStep } from '../domain/remote-shape.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { isBearer, refusal, saysXsrf } from './answer-trouble.ts'
import type { Answer, Exchange } from './exchange.ts'
import { numberOf, readObject } from './remote-parts.ts'
import { signInWithNonce } from './sign-in-nonce.ts'
import { signInWithToken } from './sign-in-token.ts'

/** How a session proves who it is, whichever way its server knows. */
export interface SignIn {
  /** Headers for the next request; signs in first where that is needed. */
  headers(): Promise<Record<string, string>>
  /** The server did not take the last headers: sign in anew. False where that would change nothing. */
  forget(): boolean
  /** Signs out, so that nothing of us piles up at the server. */
  leave(signal: AbortSignal): Promise<void>
}

export interface SignInNeeds {
  readonly exchange: Exchange
  readonly reach: Reach
  readonly clock: Clock
  readonly onStep: (step: ReachStep) => void
}

/**
 * The way of this server: a token of the owner as it is; else a password at `/auth/login` (2.1 and later), or by
 * nonce and cookies (2.0.x), whichever answers. Asks nothing before `headers` is called.
 */
export function createSignIn(needs: SignInNeeds): SignIn {
  if (needs.reach.auth === 'preauth-token') return signInWith(`PreAuth ${secretOf(needs)}`)
  if (needs.reach.auth === 'forever-token') return signInWith(`Bearer ${secretOf(needs)}`)
  let found: SignIn | null = null
  let pending: Promise<Record<string, string>> | null = null
  const headers = async () => {
    found ??= await findWay(needs)
    return await found.headers()
  }
  return {
    headers() {
      // Two questions at once share one sign-in: each leaves a trace at the server.
      pending ??= headers().finally(() => {
        pending = null
      })
      return pending
    },
    forget: () => found?.forget() ?? false,
    leave: async (signal) => await found?.leave(signal),
  }
}

/** @throws Failure where the owner chose a password or token and none is stored */
function secretOf(needs: SignInNeeds): string {
  const { secret, address } = needs.reach
  if (secret !== null && secret !== '') return secret
  throw new Failure('unavailable', text('duplicati.failure.no-secret', { address }))
}

function signInWith(authorization: string): SignIn {
  return {
    headers: async () => ({ Authorization: authorization }),
    forget: () => false,
    leave: async () => undefined,
  }
}

async function findWay(needs: SignInNeeds): Promise<SignIn> {
  const { exchange, reach } = needs
  const password = reach.auth === 'password' ? secretOf(needs) : null
  const answer = await (password === null
    ? exchange.send({ method: 'GET', path: '/api/v1/serverstate' })
    : askForToken(exchange, password))
  if (isOld(answer)) return await signInWithNonce(needs, password)
  if (isDuplicatis(answer)) needs.onStep('answer')
  if (password !== null) return signInWithToken(needs, answer, () => askForToken(exchange, password))
  if (answer.status === 401 && isBearer(answer)) {
    throw new Failure('unavailable', text('duplicati.failure.password-needed', { address: reach.address }))
  }
  if (answer.status !== 200) throw refusal(answer, reach.address)
  return { headers: async () => ({}), forget: () => false, leave: async () => undefined }
}

/** Without RememberMe: the family of tokens ends after two hours also where signing out fails. */
async function askForToken(exchange: Exchange, password: string): Promise<Answer> {
  const body = JSON.stringify({ Password: password, RememberMe: false })
  return await exchange.send({ method: 'POST', path: '/api/v1/auth/login', body })
}

/** It speaks in objects; only a missing token it refuses without a word, naming what it wants. */
function isDuplicatis(answer: Answer): boolean {
  return readObject(answer.text) !== null || /^bearer/i.test(answer.headers['www-authenticate'] ?? '')
}

/**
 * Up to 2.0.8 every call of the API wants an XSRF token first and `/auth/login` is not there; what the answer is
 * then has changed, but it never has the `Code` of later versions, and asks for no other sign-in.
 */
function isOld(answer: Answer): boolean {
  if (saysXsrf(answer)) return true
  if (answer.headers['www-authenticate'] !== undefined) return false
  return [400, 401, 404, 405].includes(answer.status) && numberOf(readObject(answer.text), 'Code') === null
}
