import { Failure } from '../domain/failure.ts'
import type { Reach, ReachStep } from '../domain/remote-shape.ts'
import { text } from '../domain/text.ts'
import { isBearer, refusal } from './answer-trouble.ts'
import type { Answer, Exchange } from './exchange.ts'
import { readJson } from './remote-parts.ts'
import type { SignIn } from './sign-in.ts'

/** Asks for a path of the API and gives the JSON of the answer, null with `orMissing` where there is nothing. */
export type Get = (path: string, how?: { readonly orMissing?: boolean }) => Promise<unknown>
export type Post = (path: string) => Promise<unknown>

/** Questions of somebody who is signed in, and signs in again, once, where the server has forgotten. */
export function createConversation(needs: {
  exchange: Exchange
  signIn: SignIn
  reach: Reach
  onStep: (step: ReachStep) => void
}): { get: Get; post: Post } {
  const { exchange, signIn, reach, onStep } = needs

  async function ask(method: 'GET' | 'POST', path: string): Promise<Answer> {
    const question = { method, path, ...(method === 'POST' ? { body: '' } : {}) }
    const answer = await exchange.send({ ...question, headers: await signIn.headers() })
    if (!mayBeForgotten(answer, method) || !signIn.forget()) return answer
    return await exchange.send({ ...question, headers: await signIn.headers() })
  }

  function judge(answer: Answer): unknown {
    if (answer.status === 401 && isBearer(answer) && isToken(reach)) {
      onStep('answer')
      throw new Failure('unavailable', text('duplicati.failure.wrong-token', { address: reach.address }))
    }
    if (answer.status !== 200) throw refusal(answer, reach.address)
    const value = readJson(answer.text)
    if (value === undefined) throw refusal({ ...answer, text: '' }, reach.address)
    onStep('answer')
    onStep('sign-in') // a token of the owner proves itself here
    return value
  }

  return {
    async get(path, how = {}) {
      const answer = await ask('GET', path)
      if (answer.status === 404 && how.orMissing === true) return null
      return judge(answer)
    },
    post: async (path) => judge(await ask('POST', path)),
  }
}

/**
 * A token past its time is 401; one whose family was deleted makes 2.1 answer 500. After a 500 the same is asked
 * again only where that changes nothing at the server.
 */
function mayBeForgotten(answer: Answer, method: 'GET' | 'POST'): boolean {
  if (answer.status === 401) return true
  // 2.0.x says so where its XSRF token has gone.
  if (answer.status === 400 && /xsrf/i.test(answer.text)) return true
  return answer.status === 500 && method === 'GET' && !/database is locked/i.test(answer.text)
}

function isToken(reach: Reach): boolean {
  return reach.auth === 'preauth-token' || reach.auth === 'forever-token'
}
