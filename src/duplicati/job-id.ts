import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import type { Part } from './remote-parts.ts'

/** `DB-3`, as reports name a job, from the `3` (text or number) of the API; null for temporary jobs and none. */
export function jobIdOf(part: Part | null, name: string): string | null {
  const id = part !== null && Object.hasOwn(part, name) ? String(part[name]) : ''
  return /^\d{1,15}$/.test(id) ? `DB-${id}` : null
}

/**
 * The `3` of `DB-3`, safe in a path.
 * @throws Failure for jobs that no server knows, such as those of a command line
 */
export function jobPath(backupId: string): string {
  const match = /^DB-(\d{1,15})$/.exec(backupId)
  if (match?.[1] === undefined) throw new Failure('not-found', text('duplicati.failure.no-server-job'))
  return match[1]
}
