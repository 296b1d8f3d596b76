import type { RemoteError } from '../domain/remote-shape.ts'
import type { Get } from './conversation.ts'
import { jobIdOf } from './job-id.ts'
import { isPart, momentOf, type Part, secondsOf, stringOf } from './remote-parts.ts'

const PAGE = 100
/** No server of a home has more errors than this in the time that is asked for. */
const PAGES = 20

/**
 * Failures that may never have reached the log of their job: the server's own error log and its notifications.
 * Newest first. Paging of the error log is by second; entries that share one with the end of a page are asked
 * for again, so that none is skipped.
 */
export async function readErrors(get: Get, since: Date): Promise<readonly RemoteError[]> {
  const found = new Map<string, RemoteError>()
  const keep = (error: RemoteError | null) => {
    if (error !== null && error.at >= since.toISOString()) found.set(`${error.backupId} ${error.at}`, error)
  }
  let before: number | null = null
  for (let page = 0; page < PAGES; page++) {
    const offset: string = before === null ? '' : `&offset=${before}`
    const entries = partsOf(await get(`/api/v1/logdata/log?pagesize=${PAGE}${offset}`, { orMissing: true }))
    for (const entry of entries) keep(loggedError(entry))
    const oldest = Math.min(...entries.map((entry) => Number(entry['Timestamp'])).filter(Number.isFinite))
    const next: number = before !== null && oldest + 1 >= before ? oldest : oldest + 1
    if (entries.length < PAGE || !Number.isFinite(oldest) || oldest * 1000 < since.getTime()) break
    before = next
  }
  for (const entry of partsOf(await get('/api/v1/notifications', { orMissing: true })))
    keep(notifiedError(entry))
  return [...found.values()].sort((a, b) => (a.at < b.at ? 1 : -1))
}

function partsOf(value: unknown): readonly Part[] {
  return Array.isArray(value) ? value.filter(isPart) : []
}

function loggedError(entry: Part): RemoteError | null {
  const [backupId, at] = [jobIdOf(entry, 'BackupID'), secondsOf(entry, 'Timestamp')]
  return backupId === null || at === null ? null : { backupId, at, message: messageOf(entry) }
}

function notifiedError(entry: Part): RemoteError | null {
  const [backupId, at] = [jobIdOf(entry, 'BackupID'), momentOf(entry, 'Timestamp')]
  const isError = stringOf(entry, 'Type') === 'Error'
  return !isError || backupId === null || at === null ? null : { backupId, at, message: messageOf(entry) }
}

/** The exception says what went wrong, the message only that something did. */
function messageOf(entry: Part): string {
  return [stringOf(entry, 'Message'), stringOf(entry, 'Exception')].filter((part) => part !== null).join('\n')
}
