import { orderOf, type Run } from '../../domain/run.ts'
import type { Visit } from '../visit.ts'

export interface VersionsView {
  readonly sentence: string
  /** Newest first; the run's own version is the first where the run made one. */
  readonly list: readonly { readonly at: string; readonly isThis: boolean; readonly age: string }[]
  /** Places on a ruler, in percent, by logarithm of age, so that both last week and last year can be seen. */
  readonly ruler: readonly { readonly x: number; readonly isThis: boolean }[]
  readonly oldest: string
}

/** Versions that were at the destination after the run, as its log names them; null where nothing is known. */
export function versionsOf(run: Run, visit: Visit): VersionsView | null {
  const { words } = visit
  const count = run.figures.versions
  const times = run.versionTimes ?? []
  if (count === null && times.length === 0) return null
  const made = orderOf(run)
  const isMade = run.result !== 'fatal' && run.result !== 'error' && run.operation === 'Backup' && !run.dryRun
  const all = [...(isMade ? [{ at: made, isThis: true }] : []), ...times.map((at) => ({ at, isThis: false }))]
  const oldest = all.at(-1)?.at ?? ''
  return {
    sentence:
      times.length === 0
        ? words.say('page.run.versions.count-only', { count: count ?? 0 })
        : words.say('page.run.versions.since', {
            count: count ?? all.length,
            oldest: { at: oldest, as: 'day' },
          }),
    list: all.map(({ at, isThis }) => ({ at, isThis, age: words.brief(at, visit.now) })),
    ruler: times.length === 0 ? [] : ruler(all, Date.parse(made)),
    oldest: oldest === '' ? '' : words.brief(oldest, visit.now),
  }
}

const HOUR = 3_600_000

function ruler(
  versions: readonly { at: string; isThis: boolean }[],
  now: number,
): { x: number; isThis: boolean }[] {
  const ages = versions.map(({ at }) => Math.max(0, now - Date.parse(at)))
  const scale = (age: number) => Math.log1p(age / HOUR)
  const most = Math.max(...ages.map(scale), 1)
  return versions.map(({ isThis }, index) => ({
    x: Math.round(10 + (scale(ages[index] ?? 0) / most) * 980) / 10,
    isThis,
  }))
}
