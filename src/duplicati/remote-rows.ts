import { Failure } from '../domain/failure.ts'
import type { RemoteRow, RemoteRows } from '../domain/remote-shape.ts'
import { text } from '../domain/text.ts'
import type { Get } from './conversation.ts'
import { jobPath } from './job-id.ts'
import { countOf, isPart, secondsOf } from './remote-parts.ts'

/** The smallest page that Duplicati gives. */
const SMALLEST = 10

/**
 * A page of a job's log, newest first: `offset` means "ids below". A page too big for us is asked for again in the
 * smallest size there is.
 * @throws Failure `not-found` where the server has no such job
 */
export async function readRows(
  get: Get,
  backupId: string,
  page: { readonly before: number | null; readonly size: number },
): Promise<RemoteRows> {
  const path = `/api/v1/backup/${jobPath(backupId)}/log`
  const ask = async (size: number) => {
    const before = page.before === null ? '' : `&offset=${page.before}`
    const rows = await get(`${path}?pagesize=${size}${before}`)
    return { rows: rowsOf(rows), more: Array.isArray(rows) && rows.length >= size }
  }
  try {
    return await ask(page.size)
  } catch (error) {
    if (error instanceof Failure && error.code === 'too-large' && page.size > SMALLEST)
      return await ask(SMALLEST)
    if (error instanceof Failure && error.code === 'not-found') {
      throw new Failure('not-found', text('duplicati.failure.no-such-job'), { cause: error })
    }
    throw error
  }
}

function rowsOf(value: unknown): readonly RemoteRow[] {
  return (Array.isArray(value) ? value.filter(isPart) : []).flatMap((row): RemoteRow[] => {
    const id = countOf(row, 'ID')
    if (id === null) return []
    return [{ id, at: secondsOf(row, 'Timestamp'), row }]
  })
}
