import { rowsSince } from './calendar-grid.ts'
import { usualDurationS } from './expectation.ts'
import type { History, RunRow } from './history.ts'
import type { Job } from './job.ts'
import { lastKnown } from './last-known.ts'
import { DAY, iso } from './moment.ts'
import { isGood } from './run.ts'
import { median } from './statistics.ts'

/** What stands at the top of a job's page. Sizes in bytes, shares from 0 to 1; null where not known. */
export interface JobFigures {
  readonly lastGoodAt: string | null
  /** Good runs of all runs in the last 90 days. */
  readonly successShare: number | null
  readonly runs90: number
  readonly sourceBytes: number | null
  readonly sourceFiles: number | null
  readonly storedBytes: number | null
  readonly versions: number | null
  readonly usualDurationS: number | null
  /** Median of what a good run uploaded in the last 90 days. */
  readonly usualUploadedBytes: number | null
  /** Change in 30 days, by the trend of the last 90. */
  readonly sourceGrowthBytes: number | null
  readonly storedGrowthBytes: number | null
  readonly freeBytes: number | null
  readonly quotaBytes: number | null
  /** When the destination is full if it goes on like this; null where it does not grow or nothing is known. */
  readonly fullAt: string | null
}

const MONTH = 30 * DAY
const FAR = 10 * 365 * DAY

/** The figures of a job from its status and the runs of the last 90 days. */
export function jobFigures(job: Job, history: History, now: Date): JobFigures {
  const nowMs = now.getTime()
  const rows = rowsSince(history, job.id, nowMs - 90 * DAY)
  const good = rows.filter(isGood)
  const storedGrowthBytes = growth(good, 'storedBytes')
  const freeBytes = roomLeft(job)
  return {
    lastGoodAt: job.status.lastGood?.at ?? null,
    successShare: rows.length === 0 ? null : good.length / rows.length,
    runs90: rows.length,
    sourceBytes: lastKnown(job, 'sourceBytes'),
    sourceFiles: lastKnown(job, 'sourceFiles'),
    storedBytes: lastKnown(job, 'storedBytes'),
    versions: lastKnown(job, 'versions'),
    usualDurationS: usualDurationS(job),
    usualUploadedBytes: median(knownOf(good, 'uploadedBytes')),
    sourceGrowthBytes: growth(good, 'sourceBytes'),
    storedGrowthBytes,
    freeBytes,
    quotaBytes: job.status.quota?.totalBytes ?? null,
    fullAt: fullAt(freeBytes, storedGrowthBytes, nowMs),
  }
}

/** Room at the destination: what is free, and no more than what is left of an assigned quota. */
function roomLeft(job: Job): number | null {
  const { quota } = job.status
  if (quota == null) return null
  const stored = lastKnown(job, 'storedBytes')
  const assigned =
    quota.assignedBytes === null || stored === null ? null : Math.max(0, quota.assignedBytes - stored)
  if (assigned === null) return quota.freeBytes
  return quota.freeBytes === null ? assigned : Math.min(quota.freeBytes, assigned)
}

function fullAt(free: number | null, monthly: number | null, nowMs: number): string | null {
  if (free === null || monthly === null || monthly <= 0) return null
  const left = (free / monthly) * MONTH
  return left > FAR ? null : iso(nowMs + left)
}

type Grown = 'sourceBytes' | 'storedBytes'

/** The median slope between pairs of runs (Theil and Sen): one odd run does not bend it. Bytes in 30 days. */
function growth(rows: readonly RunRow[], figure: Grown): number | null {
  const known = rows.filter((row) => !Number.isNaN(row[figure]))
  const points = thinned(known, 60)
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined || points.length < 4 || last.atMs - first.atMs < 3 * DAY)
    return null
  const slopes: number[] = []
  for (let a = 0; a < points.length; a += 1) {
    for (let b = a + 1; b < points.length; b += 1) {
      const one = points[a]
      const other = points[b]
      if (one === undefined || other === undefined || other.atMs - one.atMs < DAY / 2) continue
      slopes.push((other[figure] - one[figure]) / (other.atMs - one.atMs))
    }
  }
  const slope = median(slopes)
  return slope === null ? null : Math.round(slope * MONTH)
}

/** Every so many, so that at most `most` are left, the newest among them. */
export function thinned<T>(things: readonly T[], most: number): readonly T[] {
  if (things.length <= most) return things
  const step = Math.ceil(things.length / most)
  return things.filter((_, index) => (things.length - 1 - index) % step === 0)
}

function knownOf(rows: readonly RunRow[], figure: 'uploadedBytes'): readonly number[] {
  return rows.map((row) => row[figure]).filter((value) => !Number.isNaN(value))
}
