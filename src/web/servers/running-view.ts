import type { Job, RunningNow } from '../../domain/job.ts'
import type { Visit } from '../visit.ts'

/** What runs now, in words. */
export interface RunningView {
  readonly status: RunningNow['status']
  /** Said where it does not simply go on: stalled, finished without a report. */
  readonly statusText: string
  readonly phase: string
  /** 0 to 1; null while nobody knows. */
  readonly share: number | null
  /** Percent, speed, files and sizes, as far as they are known. */
  readonly details: string
  readonly since: string
}

/** Phases of Duplicati that have words; others stand for themselves by the operation. */
const PHASES: ReadonlySet<string> = new Set([
  'Backup_Begin',
  'Backup_PreBackupVerify',
  'Backup_ProcessingFiles',
  'Backup_Finalize',
  'Backup_WaitForUpload',
  'Backup_Delete',
  'Backup_Compact',
  'Backup_VerificationUpload',
  'Backup_PostBackupVerify',
  'Backup_PostBackupTest',
  'Backup_Complete',
])

/** What runs of a job; `heard` is fresher than the state. Null where nothing does. */
export function runningView(job: Job, heard: RunningNow | null, visit: Visit): RunningView | null {
  const running = heard ?? job.status.running
  if (running === null) return null
  const { words } = visit
  return {
    status: running.status,
    statusText:
      running.status === 'running'
        ? ''
        : words.say(`running.status.${running.status}`, { at: { at: running.heardAt, as: 'time' } }),
    phase:
      running.phase !== null && PHASES.has(running.phase)
        ? words.say(`running.phase.${running.phase}`)
        : words.say('running.phase.other', { operation: running.operation.slice(0, 60) }),
    share: running.progress === null ? null : Math.min(1, Math.max(0, running.progress)),
    details: detailsOf(running, visit).join(', '),
    since: running.startedAt,
  }
}

function detailsOf(running: RunningNow, { words }: Visit): string[] {
  const { progress, bytesPerSecond, filesDone, filesTotal, bytesDone, bytesTotal } = running
  const speed = { bytes: bytesPerSecond ?? 0 }
  return [
    progress === null ? '' : words.percent(Math.floor(progress * 100) / 100),
    bytesPerSecond === null || bytesPerSecond <= 0 ? '' : words.say('running.speed', { speed }),
    filesDone === null
      ? ''
      : words.say('running.files', { done: filesDone, of: filesTotal ?? 0, hasAll: (filesTotal ?? 0) > 0 }),
    bytesDone === null || bytesDone <= 0
      ? ''
      : words.say('running.bytes', {
          done: { bytes: bytesDone },
          of: { bytes: bytesTotal ?? 0 },
          hasAll: (bytesTotal ?? 0) > 0,
        }),
  ].filter((part) => part !== '')
}
