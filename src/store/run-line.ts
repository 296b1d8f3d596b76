import { RUN_RESULTS, type Run } from '../domain/run.ts'
import { FLAGS } from './columns.ts'
import { sealLine } from './line.ts'

/**
 * A run's line in a segment:
 * `{"v":1,"no":12,"rev":0,"seq":12,"server":"srv_..","job":"job_..","op":"Backup","row":[..],"run":{..},"log":..,"crc":".."}`
 * What stands before `"run"` is all that memory keeps, so that opening parses only that. `seq` numbers lines: a
 * run's number is the `seq` of its first line, revisions of it have later ones.
 */
export interface LineHead {
  readonly no: number
  readonly rev: number
  readonly seq: number
  readonly server: string
  readonly job: string
  readonly op: string
  /** See `rowOf`. */
  readonly row: readonly (number | null)[]
}

/** Where a log block lies in the segment's pack: offset, length, CRC-32 of the block, number of lines. */
export type LogPlace = readonly [offset: number, length: number, crc: number, lines: number]

const LINE_VERSION = 1

const BODY = Buffer.from(',"run":')

export function headOf(run: Run, seq: number, hasLog: boolean): LineHead {
  const { no, rev, serverId: server, jobId: job, operation: op } = run
  return { no, rev, seq, server, job, op, row: rowOf(run, hasLog) }
}

export function runLine(run: Run, head: LineHead, log: LogPlace | null): Buffer {
  const { no: _no, rev: _rev, serverId: _server, jobId: _job, ...rest } = run
  const body = `,"run":${JSON.stringify(rest)},"log":${JSON.stringify(log)}}`
  return sealLine(`{"v":${LINE_VERSION},${JSON.stringify(head).slice(1, -1)}${body}`)
}

/** The head of a sound line; null where the line is not one of a run. */
export function parseHead(bytes: Buffer, start: number, end: number): LineHead | null {
  // Inside a JSON text a quote has a backslash before it: the first match is the real one.
  const body = bytes.indexOf(BODY, start)
  if (body < 0 || body >= end) return null
  return JSON.parse(`${bytes.toString('utf8', start, body)}}`) as LineHead
}

/** The whole run of a parsed line, with the ids it has now (a merge may have given it others). */
export function runOf(line: Record<string, unknown>, ids?: { serverId: string; jobId: string }): Run {
  const { no, rev, server, job, run } = line as unknown as LineHead & { run: Omit<Run, 'no' | 'rev'> }
  return { ...run, no, rev, serverId: ids?.serverId ?? server, jobId: ids?.jobId ?? job }
}

/** What the index keeps of a run, in the order that `RunIndex` reads; null where unknown. */
export function rowOf(run: Run, hasLog: boolean): readonly (number | null)[] {
  const figures = run.figures
  return [
    Math.max(0, RUN_RESULTS.indexOf(run.result)),
    flagsOf(run, hasLog),
    msOf(run.begin),
    msOf(run.received),
    run.durationS,
    figures.sourceBytes,
    figures.sourceFiles,
    figures.uploadedBytes,
    figures.storedBytes,
    figures.versions,
    run.warnings,
    run.errors,
    run.messages,
    figures.addedFiles,
    figures.modifiedFiles,
    figures.deletedFiles,
    msOf(run.begin) === null ? hashOf(run.bodyHash) : 0,
  ]
}

/** 32 bits of a document's hash: enough to look for a repeat, which is then compared in full. */
export function hashOf(bodyHash: string): number {
  const number = Number.parseInt(bodyHash.slice(0, 8), 16)
  return Number.isNaN(number) ? 0 : number
}

function flagsOf(run: Run, hasLog: boolean): number {
  return (
    (run.interrupted ? FLAGS.interrupted : 0) |
    (run.partial ? FLAGS.partial : 0) |
    (run.dryRun ? FLAGS.dryRun : 0) |
    (hasLog ? FLAGS.hasLog : 0)
  )
}

function msOf(moment: string | null): number | null {
  const ms = moment === null ? Number.NaN : Date.parse(moment)
  return Number.isNaN(ms) ? null : ms
}
