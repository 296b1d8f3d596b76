import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { isBearer, refusal } from './answer-trouble.ts'
import { cookieOf } from './cookies.ts'
import type { Answer } from './exchange.ts'
import { readObject, stringOf } from './remote-parts.ts'
import type { SignIn, SignInNeeds } from './sign-in.ts'

/** Duplicati's access tokens live 15 minutes; a minute is left for slow answers and unequal clocks. */
const TOKEN_MS = 14 * 60_000
const REFRESH = '/api/v1/auth/refresh'

interface Tokens {
  readonly access: string
  readonly nonce: string | null
  /** `RefreshToken_8200=...`; null in 2.1.0, which gives none for short sign-ins. */
  readonly cookie: string | null
  readonly atMs: number
}

/** Sign-in of 2.1 and later: a token for 15 minutes, renewed while the session lasts, given back at its end. */
export function signInWithToken(needs: SignInNeeds, first: Answer, login: () => Promise<Answer>): SignIn {
  let tokens = read(needs, first)
  let stale = false
  needs.onStep('sign-in')

  async function renewed(): Promise<Tokens> {
    const answer = tokens.cookie === null ? null : await refresh(needs, tokens, REFRESH)
    return read(needs, answer?.status === 200 ? answer : await login())
  }

  return {
    async headers() {
      if (stale || needs.clock.elapsedMs() - tokens.atMs > TOKEN_MS) tokens = await renewed()
      stale = false
      return { Authorization: `Bearer ${tokens.access}` }
    },
    forget() {
      stale = true
      return true
    },
    async leave(signal) {
      if (tokens.cookie !== null) await refresh(needs, tokens, `${REFRESH}/logout`, signal)
    },
  }
}

async function refresh(
  needs: SignInNeeds,
  tokens: Tokens,
  path: string,
  signal?: AbortSignal,
): Promise<Answer> {
  return await needs.exchange.send({
    method: 'POST',
    path,
    headers: { Cookie: tokens.cookie ?? '' },
    body: JSON.stringify({ Nonce: tokens.nonce }),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** @throws Failure where the password was wrong or the answer is not Duplicati's */
function read(needs: SignInNeeds, answer: Answer): Tokens {
  const { address } = needs.reach
  if (answer.status === 401 && isBearer(answer))
    throw new Failure('unavailable', text('duplicati.failure.wrong-password', { address }))
  if (answer.status !== 200) throw refusal(answer, address)
  const body = readObject(answer.text)
  const access = stringOf(body, 'AccessToken')
  if (access === null) throw new Failure('unavailable', text('duplicati.failure.not-duplicati', { address }))
  return {
    access,
    nonce: stringOf(body, 'RefreshNonce'),
    cookie: cookieOf(answer.headers, /^RefreshToken_\d+$/),
    atMs: needs.clock.elapsedMs(),
  }
}
