import type { Text } from './text.ts'

/** Why something could not be done, in the few kinds that callers treat differently. */
export type FailureCode =
  | 'invalid'
  | 'not-found'
  | 'wrong-method'
  | 'conflict'
  | 'signed-out'
  | 'forbidden'
  | 'too-large'
  | 'too-many'
  | 'no-room'
  | 'unavailable'

/**
 * Something that went wrong in a way a person can act on.
 * `text` names a sentence of the catalogue (what, which job or server, what to do); the edge that shows it
 * chooses the language. Anything thrown that is not a Failure is a bug.
 */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode
  readonly text: Text
  /** The form field or document key at fault, where there is one. */
  readonly field: string | undefined

  constructor(code: FailureCode, text: Text, options: { field?: string; cause?: unknown } = {}) {
    super(`${code}: ${text.key} ${JSON.stringify(text.values ?? {})}`, { cause: options.cause })
    this.code = code
    this.text = text
    this.field = options.field
  }
}
