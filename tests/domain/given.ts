import type { Figures, Identity, Run } from '../../src/domain/run.ts'
import { emptyState, type State } from '../../src/domain/state.ts'
import { ledger } from '../../src/domain/ledger.ts'

export const NO_FIGURES: Figures = {
  sourceBytes: null,
  sourceFiles: null,
  uploadedBytes: null,
  downloadedBytes: null,
  storedBytes: null,
  storedFiles: null,
  versions: null,
  addedFiles: null,
  addedBytes: null,
  modifiedFiles: null,
  modifiedBytes: null,
  deletedFiles: null,
  openedFiles: null,
  openedBytes: null,
  addedFolders: null,
  modifiedFolders: null,
  deletedFolders: null,
  addedSymlinks: null,
  modifiedSymlinks: null,
  deletedSymlinks: null,
  notProcessedFiles: null,
  tooLargeFiles: null,
  filesWithError: null,
  timestampChangedFiles: null,
  remoteCalls: null,
  retryAttempts: null,
  unknownFiles: null,
  unknownBytes: null,
}

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
    figures: { ...NO_FIGURES, sourceBytes: 1e9, sourceFiles: 1000, uploadedBytes: 1e7, versions: 10, ...figures },
  }
}

export function aState(settings: Record<string, unknown> = {}): State {
  const state = emptyState({ schemaVersion: 1, instance: 'abcdefgh', now: new Date('2026-01-01T00:00:00Z') })
  return { ...state, settings: { 'monitoring.zone': 'Europe/Berlin', ...settings } }
}

/** Hands runs to the ledger as the store does: placed, numbered, folded. */
export class Reports {
  state: State
  #no = 0
  #ids = 0

  constructor(state: State) {
    this.state = state
  }

  receive(begin: string, said: Said = {}): Run {
    const arrival = aRun(begin, said)
    const placed = ledger.place(this.state, arrival, (kind) => {
      this.#ids += 1
      return `${kind}_${this.#ids}`
    })
    this.#no += 1
    const run: Run = { ...arrival, no: this.#no, serverId: placed.serverId, jobId: placed.jobId }
    this.state = ledger.fold(placed.state, run)
    return run
  }
}
