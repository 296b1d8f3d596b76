import { NO_FIGURES } from '../../src/domain/no-figures.ts'
import type { Arrival, Figures, RunLog } from '../../src/domain/run.ts'
import { sha256 } from '../../src/kit/ids.ts'

const FIGURES: Figures = {
  ...NO_FIGURES,
  sourceBytes: 1_000_000,
  sourceFiles: 100,
  uploadedBytes: 5000,
  storedBytes: 2_000_000,
  storedFiles: 10,
  versions: 7,
  addedFiles: 3,
  modifiedFiles: 2,
  deletedFiles: 1,
}

const START = Date.parse('2026-11-01T03:00:00Z')

/** The nth run of a job: one an hour, from 1 November 2026 on. */
export function arrival(
  n: number,
  changes: Partial<Arrival> & { machine?: string; job?: string } = {},
): Arrival {
  const { machine = 'machine-1', job = 'job-1', ...rest } = changes
  const begin = new Date(START + n * 3_600_000)
  const end = new Date(begin.getTime() + 90_500)
  return {
    identity: {
      machineId: machine,
      machineName: machine,
      backupId: job,
      backupName: job,
      sender: '192.0.2.1',
    },
    origin: 'report',
    operation: 'Backup',
    result: 'success',
    parsedResult: 'Success',
    interrupted: false,
    partial: false,
    dryRun: false,
    exception: null,
    begin: begin.toISOString(),
    end: end.toISOString(),
    durationS: 90.5,
    received: end.toISOString(),
    doubts: [],
    figures: FIGURES,
    quota: null,
    phases: [],
    versionTimes: null,
    warnings: 0,
    errors: 0,
    messages: n,
    firstWarnings: [],
    firstErrors: [],
    duplicatiVersion: '2.1.0.5',
    operatingSystem: 'Linux',
    destinationType: 's3',
    updateChannel: 'stable',
    nextScheduled: null,
    lastVersionAt: null,
    ownFigures: {},
    bodyHash: sha256(`${machine} ${job} ${n}`),
    ...rest,
  }
}

export function runLog(lines: number, word = 'line'): RunLog {
  return {
    lines: Array.from({ length: lines }, (_, i) => ({
      level: 'information' as const,
      at: '2026-11-01T03:00:00.000Z',
      tag: 'Duplicati.Library.Main.Controller-StartingOperation',
      text: `${word} ${i}: The operation Backup has started on /source/${i}`,
    })),
    linesLeftOut: 0,
    raw: { Data: { MainOperation: 'Backup' } },
  }
}
