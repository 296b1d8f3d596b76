import { join } from 'node:path'
import { Failure } from '../domain/failure.ts'
import type { Run } from '../domain/run.ts'
import { text } from '../domain/text.ts'
import { backUp, copyFolderName, interruptedCopy } from './backup.ts'
import type { Disk } from './disk.ts'
import type { Folders } from './folders.ts'
import { parseLine } from './line.ts'
import type { Migration } from './migrations/registry.ts'
import type { RawState } from './read-state.ts'
import { headOf, type LogPlace, runLine, runOf } from './run-line.ts'
import { markLine, parseMark, SegmentFile, type SegmentHeader } from './segment-file.ts'
import { compareSegments, parseSegmentFile, type SegmentName, segmentFile } from './segment-name.ts'
import type { StoreLog } from './store-shape.ts'

/** What an upgrade did, for the page. */
export interface Migrated {
  readonly from: number
  readonly to: number
  readonly steps: number
  /** Path of the copy of how it was. */
  readonly copy: string
  /** Files of runs that were rewritten. */
  readonly files: number
}

/**
 * Brings the database to this program's version, one step after another, after a copy of it was made. Segments
 * are rewritten one by one, `db.json` comes last: until then the old version counts, and a crash only means that
 * it is begun again.
 */
export async function migrate(
  at: { readonly disk: Disk; readonly folders: Folders; readonly log: StoreLog; readonly now: Date },
  state: RawState,
  migrations: readonly Migration[],
  writeState: (state: Record<string, unknown>) => Promise<void>,
): Promise<{ readonly state: Record<string, unknown>; readonly migrated: Migrated }> {
  const { disk, folders, log } = at
  const from = state.schemaVersion
  const steps = migrations.filter((step) => step.to > from).sort((a, b) => a.to - b.to)
  const to = steps.at(-1)?.to ?? from
  const names = steps.map((step) => `${step.to - 1} to ${step.to} (${step.what})`).join(', ')
  log.info({ from, to }, `Found ${counted(steps.length)}: ${names}.`)
  await needRoom(disk, folders)
  const name = (await interruptedCopy(disk, folders, from, to)) ?? copyFolderName(from, to, at.now)
  const copy = await backUp(disk, folders, name)
  log.info(
    { copy },
    `Database copy created: ${copy}. To go back, stop, and put its db.json, runs and logs in place.`,
  )
  let files = 0
  for (const segment of await segmentNames(disk, folders)) {
    if (!(await migrateSegment(at, segment, steps, to))) continue
    files++
    log.info({}, `Migrated ${segmentFile(segment)}.`)
  }
  let migrated: Record<string, unknown> = { ...state }
  for (const step of steps) migrated = { ...step.state(migrated), schemaVersion: step.to }
  await writeState(migrated)
  log.info({ version: to }, 'Migration completed.')
  return { state: migrated, migrated: { from, to, steps: steps.length, copy, files } }
}

function counted(steps: number): string {
  return steps === 1 ? '1 pending migration' : `${steps} pending migrations`
}

async function needRoom(disk: Disk, folders: Folders): Promise<void> {
  const free = await disk.freeBytes(folders.dir)
  let needed = 1024 * 1024
  for (const name of await disk.list(folders.runs)) {
    needed += (await disk.stat(join(folders.runs, name)))?.size ?? 0
  }
  if (free === null || free >= needed) return
  const values = { dir: folders.dir, free: { bytes: free }, needed: { bytes: needed } }
  throw new Failure('no-room', text('store.open.migrationRoom', values))
}

async function segmentNames(disk: Disk, folders: Folders): Promise<readonly SegmentName[]> {
  const names = (await disk.list(folders.runs)).flatMap((file) => parseSegmentFile(file) ?? [])
  return names.sort(compareSegments)
}

async function migrateSegment(
  { disk, folders }: { readonly disk: Disk; readonly folders: Folders },
  name: SegmentName,
  steps: readonly Migration[],
  to: number,
): Promise<boolean> {
  const draft = join(folders.tmp, segmentFile(name))
  const file = new SegmentFile(disk, folders.segment(name), draft)
  const lines = await file.read()
  const first = lines?.[0]
  const header = first === undefined ? null : (parseMark(first, 0, first.length - 1) as SegmentHeader | null)
  const due = steps.filter((step) => step.run !== undefined && step.to > (header?.v ?? 0))
  if (lines === null || due.length === 0) return false
  await file.write(lines.map((line) => migrateLine(line, due, to)))
  return true
}

function migrateLine(line: Buffer, due: readonly Migration[], to: number): Buffer {
  const mark = parseMark(line, 0, line.length - 1)
  if (mark !== null) return mark.op === 'hdr' ? markLine({ ...mark, v: to }) : line
  const parsed = parseLine(line, 0, line.length - 1)
  let run = parsed['run'] as Record<string, unknown>
  for (const step of due) run = step.run?.(run) ?? run
  const whole: Run = runOf({ ...parsed, run })
  const log = (parsed['log'] ?? null) as LogPlace | null
  return runLine(whole, headOf(whole, Number(parsed['seq']), log !== null), log)
}
