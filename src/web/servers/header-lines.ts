import { Failure } from '../../domain/failure.ts'
import { text } from '../../domain/text.ts'

/** Stands where a stored value is not shown. */
export const MASK = '***'

/** `Name: value` lines, a header each. Throws Failure with the number of the line that is none. */
export function readHeaders(typed: string): Record<string, string> {
  const lines = typed.split(/\r?\n/).map((line) => line.trim())
  const pairs = lines.flatMap((line, at) => (line === '' ? [] : [readLine(line, at + 1)]))
  return Object.fromEntries(pairs)
}

export function shownHeaders(headers: Readonly<Record<string, string>>): string {
  return Object.keys(headers)
    .map((name) => `${name}: ${MASK}`)
    .join('\n')
}

function readLine(line: string, at: number): [string, string] {
  const found = /^([\w!#$%&'*+.^`|~-]+):\s*([\x20-\x7e]*)$/.exec(line)
  const [, name = '', value = ''] = found ?? []
  if (found === null) throw new Failure('invalid', text('servers.fault.header', { line: at }))
  return [name, value]
}
