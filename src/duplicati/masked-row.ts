import { parseJson } from './json.ts'
import { MASK, maskSecrets } from './mask.ts'
import { isSecretName } from './secret-names.ts'
import { isFields } from './values.ts'

/**
 * A row of a job's log as it came, without secrets: for a file that somebody takes along. Its message is JSON in a
 * text; one that is not, or has no end of brackets, is masked as plain text.
 */
export function maskedRow(row: unknown): unknown {
  const masked = withoutSecrets(row)
  const message = isFields(row) ? row['Message'] : undefined
  return isFields(masked) && typeof message === 'string'
    ? { ...masked, Message: maskedMessage(message) }
    : masked
}

function maskedMessage(message: string): string {
  try {
    return JSON.stringify(withoutSecrets(parseJson(message)))
  } catch {
    return maskSecrets(message)
  }
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return maskSecrets(value)
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      member !== null && typeof member !== 'object' && typeof member !== 'boolean' && isSecretName(name)
        ? MASK
        : withoutSecrets(member),
    ]),
  )
}
