import { clustersOf } from './learned-times.ts'
import { DAY, HOUR, MINUTE, SECOND } from './moment.ts'
import { afterTheLast, gridRhythm, type Rhythm } from './rhythm.ts'
import { gapsOf, median, quantile } from './statistics.ts'
import { text } from './text.ts'

/** How many of the last runs are looked at. */
const WINDOW = 28

/**
 * The rhythm in which runs began, as far as it can be told: a short interval, times of day on certain days, or
 * at least the usual gap. `begins` in milliseconds, ascending. null with fewer than three runs.
 */
export function learnRhythm(begins: readonly number[], zone: string | null): Rhythm | null {
  const seen = begins.slice(-WINDOW)
  if (seen.length < 3) return null
  return (
    learnInterval(seen, 0.06, zone) ??
    learnTimes(seen, zone) ??
    learnInterval(seen, 0.2, zone) ??
    usualGap(seen)
  )
}

const NICE_MINUTES = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 360, 480, 600, 720]

function learnInterval(begins: readonly number[], slack: number, zone: string | null): Rhythm | null {
  const gap = median(gapsOf(begins)) ?? 0
  if (begins.length < 4 || gap < 2 * MINUTE || gap > 13 * HOUR) return null
  const nice = NICE_MINUTES.find((minutes) => Math.abs(minutes * MINUTE - gap) <= 0.08 * gap)
  const length = nice === undefined ? Math.round(gap / MINUTE) * MINUTE : nice * MINUTE
  const near = Math.max(3 * MINUTE, length * slack)
  const agreeing = samePhase(begins, length, near)
  const last = agreeing.at(-1)
  if (last === undefined || agreeing.length < begins.length * 0.75) return null
  // Where the newest runs have left the old beat, the old beat is over.
  if (begins.slice(-3).every((begin) => !agreeing.includes(begin))) return null
  const interval = { years: 0, months: 0, days: 0, clockMs: length }
  const grid = { baseMs: phaseOf(agreeing, length, last), interval, weekdays: [], zone }
  return gridRhythm('learned', [{ grid, earlyMs: near + length * 0.1 }], () =>
    length === HOUR
      ? text('because.learned-hourly', { agree: agreeing.length, of: begins.length })
      : text('because.learned-interval', {
          agree: agreeing.length,
          of: begins.length,
          every: { seconds: length / SECOND },
        }),
  )
}

/** The largest group of runs that lie on one beat, ascending. */
export function samePhase(begins: readonly number[], length: number, near: number): readonly number[] {
  let best: readonly number[] = []
  for (const center of begins) {
    const group = begins.filter((begin) => Math.abs(offBeat(begin - center, length)) <= near)
    if (group.length >= best.length) best = group
  }
  return best
}

/** Distance to the nearest multiple of `length`, with its sign. */
function offBeat(distance: number, length: number): number {
  return distance - Math.round(distance / length) * length
}

/** The middle of the beat, near `around`. */
function phaseOf(begins: readonly number[], length: number, around: number): number {
  const shift = median(begins.map((begin) => offBeat(begin - around, length))) ?? 0
  return Math.round((around + shift) / SECOND) * SECOND
}

function learnTimes(begins: readonly number[], zone: string | null): Rhythm | null {
  const clusters = clustersOf(begins, zone)
  const first = clusters[0]
  if (first === undefined) return null
  const agree = clusters.reduce((sum, cluster) => sum + cluster.agree, 0)
  if (agree < begins.length * 0.6) return null
  return gridRhythm('learned', clusters, (dueMs) => {
    if (clusters.length > 1)
      return text('because.learned-times', { agree, of: begins.length, times: clusters.length })
    const due = dueMs ?? first.grid.baseMs
    const from = { at: new Date(due - first.beforeMs).toISOString(), as: 'time' as const }
    const to = { at: new Date(due + first.afterMs).toISOString(), as: 'time' as const }
    return text('because.learned-time', { agree, of: begins.length, from, to })
  })
}

/** No rhythm, but a usual gap: nine of ten runs came sooner after the one before. Never less than a day. */
function usualGap(begins: readonly number[]): Rhythm | null {
  if (begins.length < 4) return null
  const gaps = gapsOf(begins)
  const usual = Math.max(DAY, quantile(gaps, gaps.length < 8 ? 1 : 0.9) ?? DAY)
  const because = text('because.learned-gap', {
    of: begins.length,
    gap: { seconds: Math.round(usual / SECOND) },
  })
  return afterTheLast('learned', (last) => last + usual, null, because)
}
