import type { RemoteJob, RemoteState } from '../domain/remote-shape.ts'
import { jobIdOf } from './job-id.ts'
import { isPart, type Part, partOf, stampOf, stringOf } from './remote-parts.ts'
import { readSchedule } from './schedule.ts'

/**
 * `GET /backups`. The address of a destination is not masked there and may hold credentials, so nothing but its
 * scheme is taken. Temporary jobs are left out.
 */
export function readJobs(
  value: unknown,
  known: { readonly zone: string | null; readonly state: RemoteState | null },
  now: Date,
): readonly RemoteJob[] {
  const entries = Array.isArray(value) ? value.filter(isPart) : []
  return entries.flatMap((entry): RemoteJob[] => {
    const backup = partOf(entry, 'Backup')
    const [backupId, name] = [jobIdOf(backup, 'ID'), stringOf(backup, 'Name', 500)]
    if (backupId === null || name === null || backup?.['IsTemporary'] === true) return []
    const metadata = partOf(backup, 'Metadata')
    return [
      {
        backupId,
        name,
        operation: stringOf(backup, 'OperationType', 50) ?? 'Backup',
        destinationType: schemeOf(backup),
        schedule: readSchedule(partOf(entry, 'Schedule'), {
          zone: known.zone,
          planned: known.state?.planned.find((next) => next.backupId === backupId)?.at ?? null,
          now,
        }),
        lastFinishedAt: stampOf(metadata, 'LastBackupFinished'),
        lastErrorAt: stampOf(metadata, 'LastErrorDate'),
      },
    ]
  })
}

/** As reports have it in `destination-type`: a folder without a scheme is `file`. */
function schemeOf(backup: Part | null): string | null {
  const target = stringOf(backup, 'TargetURL')
  if (target === null) return null
  return /^([a-z][a-z0-9+.-]{0,30}):\/\//i.exec(target)?.[1]?.toLowerCase() ?? 'file'
}
