import { learnDays } from './learned-days.ts'
import { DAY, HOUR, MINUTE } from './moment.ts'
import type { Grid } from './schedule.ts'
import { median, medianDeviation } from './statistics.ts'
import { utcOf, wallOf } from './zone.ts'

/** A time of day at which runs usually begin, on the days on which they do. */
export interface Cluster {
  readonly grid: Grid
  readonly earlyMs: number
  /** How many runs agree. */
  readonly agree: number
  /** How far before and after the planned time the agreeing runs began. */
  readonly beforeMs: number
  readonly afterMs: number
}

/** Runs further apart on the clock than this are not the same habit. */
const APART = 75 * MINUTE
const WIDEST = 10 * HOUR
const LATEST = 3 * HOUR
/** A run this much before its usual time is still that run: habits are learned from few runs at first. */
const EARLY = 2 * HOUR

/**
 * Usual times of day, most supported first, at most four. Older Duplicati keeps UTC over daylight saving, newer
 * ones the local time: where UTC fits clearly better, UTC it is.
 */
export function clustersOf(begins: readonly number[], zone: string | null): readonly Cluster[] {
  const local = clustersIn(begins, zone)
  const spread = local[0] === undefined ? WIDEST : spreadOf(local[0])
  if (spread < 40 * MINUTE) return local
  const utc = clustersIn(begins, 'UTC')
  return utc[0] !== undefined && spreadOf(utc[0]) * 2 < spread && utc[0].agree >= (local[0]?.agree ?? 0)
    ? utc
    : local
}

function spreadOf(cluster: Cluster): number {
  return cluster.beforeMs + cluster.afterMs
}

function clustersIn(begins: readonly number[], zone: string | null): readonly Cluster[] {
  const newest = begins.at(-1) ?? 0
  const all = begins.map((begin) => wallOf(begin, zone))
  const clusters = groupsByTime(all)
    .flatMap((walls) => clusterOf(walls, all, newest, zone) ?? [])
    .sort((a, b) => b.agree - a.agree)
    .slice(0, 4)
  return clusters.map((cluster) => ({
    ...cluster,
    earlyMs: Math.min(cluster.earlyMs, sinceOther(cluster, clusters) / 2),
  }))
}

/** How long before a usual time the one before it is, over midnight too: a day where there is no other. */
function sinceOther(cluster: Cluster, all: readonly Cluster[]): number {
  const distances = all.map((other) => timeOf(cluster.grid.baseMs - other.grid.baseMs))
  return Math.min(DAY, ...distances.filter((distance) => distance > 0))
}

/** Splits wall moments at the widest holes of the clock; each group ascending in time. */
function groupsByTime(walls: readonly number[]): readonly (readonly number[])[] {
  const byTime = [...walls].sort((a, b) => timeOf(a) - timeOf(b))
  const groups: number[][] = []
  let previous = Number.NEGATIVE_INFINITY
  for (const wall of byTime) {
    const group = groups.at(-1)
    if (group === undefined || timeOf(wall) - previous > APART) groups.push([wall])
    else group.push(wall)
    previous = timeOf(wall)
  }
  joinOverMidnight(groups)
  return groups.map((group) => group.sort((a, b) => a - b))
}

function joinOverMidnight(groups: number[][]): void {
  const first = groups[0]
  const last = groups.at(-1)
  if (first === undefined || last === undefined || first === last) return
  const earliest = Math.min(...first.map(timeOf))
  const latest = Math.max(...last.map(timeOf))
  if (earliest + DAY - latest > APART) return
  groups.pop()
  first.push(...last)
}

function timeOf(wall: number): number {
  return ((wall % DAY) + DAY) % DAY
}

function clusterOf(
  walls: readonly number[],
  all: readonly number[],
  newestMs: number,
  zone: string | null,
): Cluster | null {
  const anchor = walls[0]
  if (anchor === undefined || walls.length < 3) return null
  // Times as distances from the first one, so that midnight is nowhere special.
  const distances = walls.map((wall) => fromAnchor(wall, anchor))
  const middle = median(distances) ?? 0
  const near = Math.max(30 * MINUTE, 4 * (medianDeviation(distances) ?? 0))
  const core = walls.filter((_, index) => Math.abs((distances[index] ?? 0) - middle) <= near)
  const offsets = core.map((wall) => fromAnchor(wall, anchor))
  const low = Math.min(...offsets)
  const high = Math.max(...offsets)
  if (core.length < 3 || high - low > WIDEST) return null
  const planned = plannedTime(timeOf(anchor), low, high, median(offsets) ?? 0)
  const days = core.map((wall, index) => Math.round((wall - (offsets[index] ?? 0) - timeOf(anchor)) / DAY))
  const came = daysAround(all, planned, timeOf(anchor) + low - APART)
  const habit = learnDays(days, came, Math.floor((wallOf(newestMs, zone) - planned) / DAY))
  if (habit === null) return null
  const baseMs = utcOf(habit.day * DAY + planned, zone)
  const before = planned - timeOf(anchor) - low
  // Around midnight the planned time can lie on the day after the one it is counted for.
  const shift = Math.floor(planned / DAY)
  const weekdays = habit.weekdays.map((weekday) => (weekday + shift + 7) % 7)
  const grid = { baseMs, interval: habit.interval, weekdays, zone }
  const after = high + timeOf(anchor) - planned
  return { grid, earlyMs: before + EARLY, agree: core.length, beforeMs: before, afterMs: Math.max(0, after) }
}

/** Days on which a run came at about the planned time: a late one tells as much of the day as a punctual one. */
function daysAround(walls: readonly number[], planned: number, earliest: number): readonly number[] {
  return walls.flatMap((wall) => {
    const day = Math.floor((wall - earliest) / DAY)
    return wall - day * DAY - planned <= LATEST ? day : []
  })
}

function fromAnchor(wall: number, anchor: number): number {
  const distance = timeOf(wall) - timeOf(anchor)
  return distance > DAY / 2 ? distance - DAY : distance < -DAY / 2 ? distance + DAY : distance
}

/** The middle, at a round five minutes where the runs allow it; the late end where runs are spread widely. */
function plannedTime(anchor: number, low: number, high: number, middle: number): number {
  if (high - low > 30 * MINUTE) return anchor + high
  const round = Math.round((anchor + middle) / (5 * MINUTE)) * 5 * MINUTE
  return round >= anchor + low && round <= anchor + high
    ? round
    : Math.round((anchor + middle) / MINUTE) * MINUTE
}
