import { setImmediate as nextTurn } from 'node:timers/promises'

const PIECE_CHARACTERS = 64 * 1024

/**
 * The JSON text of an object, as `JSON.stringify` writes it, in pieces of about 64 kB with a turn of the event loop
 * between them: a large state is written while reports go on being answered. `data` must not change meanwhile.
 */
export async function jsonPieces(data: object): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  let text = ''
  for (const part of partsOf(data)) {
    text += part
    if (text.length < PIECE_CHARACTERS) continue
    pieces.push(Buffer.from(text))
    text = ''
    await nextTurn()
  }
  pieces.push(Buffer.from(text))
  return pieces
}

/** Members of the object, and of the objects in it, one by one. */
function* partsOf(data: object): Generator<string> {
  let separator = '{'
  for (const [name, value] of Object.entries(data)) {
    const whole = isPlain(value) ? '' : JSON.stringify(value)
    if (whole === undefined) continue
    yield `${separator}${JSON.stringify(name)}:${whole}`
    if (isPlain(value)) yield* membersOf(value)
    separator = ','
  }
  yield separator === '{' ? '{}' : '}'
}

function* membersOf(fields: Record<string, unknown>): Generator<string> {
  let separator = '{'
  for (const name in fields) {
    const value = JSON.stringify(fields[name])
    if (value === undefined) continue
    yield `${separator}${JSON.stringify(name)}:${value}`
    separator = ','
  }
  yield separator === '{' ? '{}' : '}'
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('toJSON' in value)
}
