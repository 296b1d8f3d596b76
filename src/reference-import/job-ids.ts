import type { SurveyedJob } from './survey.ts'

/** The backup id under which the runs of a row are brought in. */
export type IdOf = (row: {
  readonly server: string
  readonly name: string
  readonly backupId: string
}) => string

/**
 * A job that was set up anew in Duplicati goes on under its name with another id; that product knows jobs by names.
 * Where the ids took turns once and no other name used them, all runs bear the last: also runs that came here first
 * are of it then. Ids that report side by side are two jobs.
 */
export function idsOf(jobs: readonly SurveyedJob[]): IdOf {
  const last = new Map<string, string>()
  for (const group of grouped(jobs, (job) => JSON.stringify([job.server, job.name]))) {
    const ids = grouped(group, (job) => plainId(job.backupId)).map(spanOf)
    ids.sort((a, b) => a.oldestMs - b.oldestMs)
    const newest = ids.at(-1)
    const tookTurns = ids.every((one, i) => i === 0 || one.oldestMs > (ids[i - 1]?.newestMs ?? 0))
    const isShared = jobs.some(
      (job) =>
        job.server === group[0]?.server &&
        job.name !== group[0]?.name &&
        ids.some((one) => one.id === plainId(job.backupId)),
    )
    if (newest === undefined || ids.length < 2 || !tookTurns || isShared) continue
    last.set(JSON.stringify([group[0]?.server, group[0]?.name]), newest.id)
  }
  return ({ server, name, backupId }) => last.get(JSON.stringify([server, name])) ?? plainId(backupId)
}

/** Runs that were collected have the bare number that the server uses; reports say `DB-3`. */
function plainId(written: string): string {
  return /^\d{1,15}$/.test(written.trim()) ? `DB-${written.trim()}` : written
}

function spanOf(jobs: readonly SurveyedJob[]) {
  return {
    id: plainId(jobs[0]?.backupId ?? ''),
    oldestMs: Math.min(...jobs.map((job) => job.oldestMs)),
    newestMs: Math.max(...jobs.map((job) => job.newestMs)),
  }
}

function grouped<T>(things: readonly T[], keyOf: (thing: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>()
  for (const thing of things) groups.set(keyOf(thing), [...(groups.get(keyOf(thing)) ?? []), thing])
  return [...groups.values()]
}
