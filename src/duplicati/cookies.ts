import type { IncomingHttpHeaders } from 'node:http'

/** The first cookie that an answer sets under such a name, as `name=value` ready to be sent back; null for none. */
export function cookieOf(headers: IncomingHttpHeaders, name: RegExp): string | null {
  for (const line of headers['set-cookie'] ?? []) {
    const pair = (line.split(';')[0] ?? '').trim()
    const split = pair.indexOf('=')
    if (split > 0 && name.test(pair.slice(0, split)) && split + 1 < pair.length) return pair
  }
  return null
}
