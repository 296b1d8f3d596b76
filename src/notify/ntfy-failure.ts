import { Failure, type FailureCode } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import type { NtfyAnswer } from './ntfy-post.ts'
import { oneLine } from './plain-text.ts'

/**
 * What an answer other than "taken" means, in words a person can act on. Codes are ntfy's own (its source,
 * `server/errors.go`): the first three digits are the status, the last two say which rule.
 */
export function ntfyRefusal(answer: NtfyAnswer, sent: { server: string; topic: string }): Failure {
  const [code, key] = kindOf(answer)
  const values = {
    server: new URL(sent.server).host,
    topic: sent.topic,
    status: String(answer.status),
    said: oneLine(answer.said === '' ? `HTTP ${answer.status}` : answer.said, 200),
  }
  return new Failure(code, text(`notify.ntfy.failure.${key}`, values))
}

function kindOf({ status, code }: NtfyAnswer): [FailureCode, string] {
  const known = code === null ? undefined : BY_CODE[code]
  if (known !== undefined) return known
  if (status === 401) return ['signed-out', 'sign-in']
  if (status === 403) return ['forbidden', 'forbidden']
  if (status === 404 || status === 405) return ['not-found', 'not-ntfy']
  if (status === 413) return ['too-large', 'too-large']
  if (status === 429) return ['too-many', 'too-many']
  if (status === 408 || status >= 500) return ['unavailable', status === 507 ? 'no-room' : 'server']
  if (status >= 300 && status < 400) return ['invalid', 'redirect']
  return ['invalid', 'refused']
}

const BY_CODE: Readonly<Record<number, [FailureCode, string]>> = {
  40009: ['invalid', 'topic'],
  40010: ['invalid', 'topic'],
  40014: ['too-large', 'too-large'],
  40101: ['signed-out', 'sign-in'],
  40301: ['forbidden', 'forbidden'],
  42901: ['too-many', 'daily'],
  42905: ['too-many', 'daily'],
  42908: ['too-many', 'daily'],
  42909: ['too-many', 'too-many-sign-ins'],
}
