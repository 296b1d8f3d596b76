import { DateTime } from 'luxon'
import type { History } from '../../src/domain/history.ts'
import type { Job, RecentRun } from '../../src/domain/job.ts'
import { ledger } from '../../src/domain/ledger.ts'
import { NO_FIGURES } from '../../src/domain/no-figures.ts'
import { RECENT_RUNS } from '../../src/domain/recent-runs.ts'
import { type Figures, type Identity, isGood, type Run } from '../../src/domain/run.ts'
import type { Server } from '../../src/domain/server.ts'
import { emptyState, type State } from '../../src/domain/state.ts'
import { historyOf } from '../../src/store/run-history.ts'
import { headOf } from '../../src/store/run-line.ts'
import { RunTable } from '../../src/store/run-table.ts'

export type Said = Omit<Partial<Run>, 'identity' | 'figures'> & {
  readonly identity?: Partial<Identity>
  readonly figures?: Partial<Figures>
}

/** A run that began at `begin` and was reported ten minutes later, in every other way plain. */
export function aRun(begin: string, said: Said = {}): Run {
  const end = said.end === undefined ? new Date(Date.parse(begin) + 600_000).toISOString() : said.end
  const { identity, figures, ...rest } = said
  return {
    no: 1,
    rev: 0,
    serverId: 'srv_nas',
    jobId: 'job_photos',
    origin: 'report',
    operation: 'Backup',
    result: 'success',
    parsedResult: 'Success',
    interrupted: false,
    partial: false,
    dryRun: false,
    exception: null,
    begin: new Date(begin).toISOString(),
    end,
    durationS: 600,
    received: end ?? begin,
    doubts: [],
    quota: null,
    phases: [],
    versionTimes: null,
    warnings: 0,
    errors: 0,
    messages: 10,
    firstWarnings: [],
    firstErrors: [],
    duplicatiVersion: '2.3.0.4',
    operatingSystem: 'Linux',
    destinationType: 'file',
    updateChannel: 'Stable',
    nextScheduled: null,
    lastVersionAt: null,
    ownFigures: {},
    bodyHash: 'h',
    ...rest,
    identity: {
      machineId: 'm-nas',
      machineName: 'NAS',
      backupId: 'DB-1',
      backupName: 'Photos',
      sender: '192.168.1.5',
      ...identity,
    },
    figures: {
      ...NO_FIGURES,
      sourceBytes: 1e9,
      sourceFiles: 1000,
      uploadedBytes: 1e7,
      versions: 10,
      ...figures,
    },
  }
}

export function aState(settings: Record<string, unknown> = {}): State {
  const state = emptyState({ schemaVersion: 1, instance: 'abcdefgh', now: new Date('2026-01-01T00:00:00Z') })
  return { ...state, settings: { 'monitoring.zone': 'Europe/Berlin', ...settings } }
}

/** Hands runs to the ledger as the store does: placed, numbered, folded. */
export class Reports {
  state: State
  readonly #table = new RunTable()
  readonly history: History = historyOf(this.#table)
  #no = 0
  #ids = 0

  constructor(state: State) {
    this.state = state
    this.#table.finishLoading()
  }

  receive(begin: string, said: Said = {}): Run {
    const arrival = aRun(begin, said)
    const placed = ledger.place(this.state, arrival, (kind) => {
      this.#ids += 1
      return `${kind}_${this.#ids}`
    })
    this.#no += 1
    const run: Run = { ...arrival, no: this.#no, serverId: placed.serverId, jobId: placed.jobId }
    this.state = ledger.complete(ledger.fold(placed.state, run))
    this.#table.put(headOf(run, run.no, true), { segment: 0, offset: 0, length: 0 })
    return run
  }
}

export function aServer(said: Partial<Server> = {}): Server {
  return {
    id: 'srv_nas',
    machineId: 'm-nas',
    name: 'NAS',
    alias: '',
    note: '',
    tags: [],
    createdAt: '2025-01-01T00:00:00.000Z',
    lastReportAt: null,
    address: '',
    publicAddress: '',
    operatingSystem: null,
    duplicatiVersion: null,
    newerVersion: null,
    clockSkewS: null,
    archivedAt: null,
    nameIsIdentity: false,
    maybeSameAs: null,
    pausedUntil: null,
    overrides: {},
    connection: null,
    ...said,
  }
}

export type Begun = string | (Partial<RecentRun> & { readonly at: string })

/** Runs as a job remembers them; numbered in order of begin. */
export function remembered(begun: readonly Begun[]): readonly RecentRun[] {
  return begun
    .map((one) => (typeof one === 'string' ? { at: one } : one))
    .map((one) => ({ ...one, at: new Date(one.at).toISOString() }))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .map((one, index) => ({
      no: index + 1,
      received: new Date(Date.parse(one.at) + 600_000).toISOString(),
      result: 'success',
      interrupted: false,
      durationS: 600,
      sourceBytes: 1e9,
      sourceFiles: 1000,
      storedBytes: 2e9,
      uploadedBytes: 1e7,
      versions: 10,
      warnings: 0,
      errors: 0,
      reason: null,
      scheduled: false,
      ...one,
    }))
}

/** A job with a past. */
export function aJob(begun: readonly Begun[], said: Partial<Job> = {}): Job {
  const recent = remembered(begun)
  const status = {
    lastRun: recent.at(-1) ?? null,
    lastGood: recent.findLast((run) => isGood(run)) ?? null,
    lastOther: null,
    recent: recent.slice(-RECENT_RUNS),
    running: null,
  }
  return {
    id: 'job_photos',
    serverId: 'srv_nas',
    backupId: 'DB-1',
    name: 'Photos',
    note: '',
    tags: [],
    createdAt: '2025-01-01T00:00:00.000Z',
    formerBackupIds: [],
    archivedAt: null,
    pausedUntil: null,
    overrides: {},
    schedule: null,
    nextScheduled: null,
    expectation: null,
    ...said,
    status: said.status ?? status,
  }
}

/** Moments at a time of day in a zone, on each day from a date on for which `on` says yes. */
export function daily(
  from: string,
  days: number,
  time: string,
  zone: string,
  on: (day: number, weekday: number) => boolean = () => true,
): string[] {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  const first = DateTime.fromISO(from, { zone })
  return Array.from({ length: days }, (_, day) => first.plus({ days: day }).set({ hour, minute }))
    .filter((at, day) => on(day, at.weekday % 7))
    .map((at) => at.toUTC().toISO() ?? '')
}
