import type { Words } from '../../domain/words.ts'

/** `2.1.0.5`, or a dash where it is not known. */
export function duplicatiVersion(version: string | null, words: Words): string {
  return version === null || version === '' ? words.number(null) : version.slice(0, 60)
}
