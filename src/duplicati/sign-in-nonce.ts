import { createHash } from 'node:crypto'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { refusal } from './answer-trouble.ts'
import { cookieOf } from './cookies.ts'
import type { Answer } from './exchange.ts'
import { readObject, stringOf } from './remote-parts.ts'
import type { SignIn, SignInNeeds } from './sign-in.ts'

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
/** The XSRF cookie lives ten minutes and more than 500 of them close the server's door, so one is kept. */
const KEPT_MS = 9 * 60_000

/** Sign-in of 2.0.x: an XSRF cookie, then a nonce and the salted password for a session cookie. */
export async function signInWithNonce(needs: SignInNeeds, password: string | null): Promise<SignIn> {
  let cookies = await signIn(needs, password)
  let atMs = needs.clock.elapsedMs()
  let stale = false
  return {
    async headers() {
      if (stale || needs.clock.elapsedMs() - atMs > KEPT_MS) cookies = await signIn(needs, password)
      stale = false
      atMs = needs.clock.elapsedMs() // every use gives the cookies a new life
      return cookies
    },
    forget() {
      stale = true
      return true
    },
    leave: async () => undefined, // its cookies die by themselves; there is no way to give them back
  }
}

async function signIn(needs: SignInNeeds, password: string | null): Promise<Record<string, string>> {
  const { exchange, reach } = needs
  const door = await exchange.send({ method: 'GET', path: '/' })
  const xsrf = cookieOf(door.headers, /^xsrf-token$/)
  if (xsrf === null)
    throw new Failure('unavailable', text('duplicati.failure.not-duplicati', { address: reach.address }))
  needs.onStep('answer')
  const headers = { 'X-XSRF-Token': decodeURIComponent(xsrf.slice('xsrf-token='.length)) }
  if (password === null) {
    needs.onStep('sign-in')
    return { ...headers, Cookie: xsrf }
  }
  const offered = await login(needs, xsrf, 'get-nonce=1')
  if (offered.status !== 200) throw refusal(offered, reach.address)
  const nonceCookie = cookieOf(offered.headers, /^session-nonce$/) ?? ''
  const proof = prove(needs, offered, password)
  const taken = await login(needs, `${xsrf}; ${nonceCookie}`, `password=${encodeURIComponent(proof)}`)
  const session = cookieOf(taken.headers, /^session-auth$/)
  if (taken.status !== 200 || session === null) {
    throw new Failure('unavailable', text('duplicati.failure.wrong-password', { address: reach.address }))
  }
  needs.onStep('sign-in')
  return { ...headers, Cookie: `${xsrf}; ${session}` }
}

async function login(needs: SignInNeeds, cookie: string, body: string): Promise<Answer> {
  return await needs.exchange.send({
    method: 'POST',
    path: '/login.cgi',
    headers: { ...FORM, Cookie: cookie },
    body,
  })
}

/** base64(SHA-256(nonce + SHA-256(password + salt))), as Duplicati's own sign-in page computes it. */
function prove(needs: SignInNeeds, offered: Answer, password: string): string {
  const body = readObject(offered.text)
  const [nonce, salt] = [stringOf(body, 'Nonce'), stringOf(body, 'Salt')]
  if (nonce === null || salt === null) {
    throw new Failure(
      'unavailable',
      text('duplicati.failure.not-duplicati', { address: needs.reach.address }),
    )
  }
  const salted = createHash('sha256').update(password, 'utf8').update(Buffer.from(salt, 'base64')).digest()
  return createHash('sha256').update(Buffer.from(nonce, 'base64')).update(salted).digest('base64')
}
