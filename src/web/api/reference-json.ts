import type { Job } from '../../domain/job.ts'
import type { LogLevel, Run, RunLog, RunResult } from '../../domain/run.ts'
import { orderOf, runId } from '../../domain/run.ts'
import type { Server } from '../../domain/server.ts'
import type { State } from '../../domain/state.ts'

/**
 * The public JSON of the reference product (duplistatus 1.4.2, `/api/summary` and `/api/lastbackup(s)`): same
 * keys and types, so that whoever read it there reads it here.
 */
export interface ReferenceServer {
  readonly id: string
  readonly name: string
  /** UTC, `YYYY-MM-DD HH:MM:SS`. */
  readonly created_at: string
}

/** What a path segment names: one server, several of one name, or none. */
export type Found =
  | { readonly kind: 'one'; readonly server: Server }
  | { readonly kind: 'several'; readonly servers: readonly Server[] }
  | { readonly kind: 'none' }

/** Finds a server by Duplicati's machine id or ours, then by its exact name, then by its alias. */
export function findServer(state: State, idOrName: string): Found {
  const servers = Object.values(state.servers)
  const ways: ((server: Server) => boolean)[] = [
    (server) => server.id === idOrName || server.machineId === idOrName,
    (server) => server.name === idOrName,
    (server) => server.alias !== '' && server.alias === idOrName,
  ]
  for (const isMeant of ways) {
    const found = servers.filter(isMeant)
    const [server] = found
    if (found.length > 1) return { kind: 'several', servers: found }
    if (server !== undefined) return { kind: 'one', server }
  }
  return { kind: 'none' }
}

/** Duplicati's machine id where it names one server only, else our own id. */
export function publicServerId(state: State, server: Server): string {
  const { machineId } = server
  if (machineId === null) return server.id
  const same = Object.values(state.servers).filter((other) => other.machineId === machineId)
  return same.length === 1 ? machineId : server.id
}

export function referenceServer(state: State, server: Server): ReferenceServer {
  return {
    id: publicServerId(state, server),
    name: server.name,
    created_at: server.createdAt.slice(0, 19).replace('T', ' '),
  }
}

/**
 * One run as `latest_backup`. The three arrays of log lines are JSON in a string, or null; sizes in bytes;
 * `duration` is `HH:MM:SS`, cut.
 */
export function referenceBackup(state: State, server: Server, job: Job, run: Run, log: RunLog | null) {
  const seconds = Math.max(0, run.durationS ?? 0)
  return {
    id: runId(run.no),
    server_id: publicServerId(state, server),
    name: job.name,
    date: orderOf(run),
    status: STATUS_WORDS[run.result],
    warnings: run.warnings,
    errors: run.errors,
    messages: run.messages,
    fileCount: run.figures.sourceFiles ?? 0,
    fileSize: run.figures.sourceBytes ?? 0,
    uploadedSize: run.figures.uploadedBytes ?? 0,
    duration: clockText(seconds),
    duration_seconds: seconds,
    durationInMinutes: seconds / 60,
    knownFileSize: run.figures.storedBytes ?? 0,
    backup_list_count: run.figures.versions ?? 0,
    messages_array: log === null ? null : JSON.stringify(log.lines.map(logLine)),
    warnings_array: JSON.stringify(run.firstWarnings),
    errors_array: errorsArray(run),
    available_backups: run.versionTimes ?? [],
  }
}

export function severalServers(state: State, servers: readonly Server[]) {
  const listed = servers.map((server) => ({ id: publicServerId(state, server), name: server.name }))
  return {
    error: 'Multiple servers found with the same name',
    message: `Several servers have this name. Please use the server ID instead. Available IDs: ${listed.map(({ id }) => id).join(', ')}`,
    status: 400,
    duplicate_servers: listed,
  }
}

export function noSuchServer(idOrName: string) {
  return {
    error: 'Server not found',
    message: `No server found with identifier: ${idOrName.slice(0, 200)}`,
    status: 404,
  }
}

const STATUS_WORDS: Readonly<Record<RunResult, string>> = {
  success: 'Success',
  warning: 'Warning',
  error: 'Error',
  fatal: 'Fatal',
  unknown: 'Unknown',
}

/** `HH:MM:SS`, hours beyond 24 where it took longer. */
function clockText(seconds: number): string {
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':')
}

const LEVEL_WORDS: Readonly<Record<LogLevel, string>> = {
  error: 'Error',
  warning: 'Warning',
  information: 'Information',
  retry: 'Retry',
  'dry-run': 'DryRun',
  verbose: 'Verbose',
  profiling: 'Profiling',
  other: 'Information',
}

/** A line as Duplicati writes it, in UTC; as it came where it had no head. */
function logLine(line: RunLog['lines'][number]): string {
  if (line.at === null) return line.text
  const at = line.at.slice(0, 19).replace('T', ' ')
  return `${at} +00 - [${LEVEL_WORDS[line.level]}${line.tag === null ? '' : `-${line.tag}`}]: ${line.text}`
}

function errorsArray(run: Run): string | null {
  if (run.firstErrors.length > 0) return JSON.stringify(run.firstErrors)
  return run.exception === null || run.exception.trim() === '' ? null : JSON.stringify([run.exception])
}
