import { DateTime } from 'luxon'
import type { Incident } from '../../src/domain/incident.ts'
import type { Random } from './random.ts'

export interface YearPlan {
  readonly from: string
  readonly days: number
  readonly servers: number
  readonly jobs: number
  readonly sweepMinutes: number
  readonly seed: number
}

/** A planned trouble: which words about it are expected, from which day to which. */
export interface Trouble {
  readonly kind: 'missed' | 'failed' | 'warning' | 'silent' | 'outage'
  readonly server: number
  /** null for all jobs of the server. */
  readonly job: number | null
  readonly first: number
  readonly last: number
}

/** A run that ends and is reported at `begin` and `durationS`; milliseconds since 1970. */
export interface PlannedReport {
  readonly begin: number
  readonly server: number
  readonly job: number
  readonly day: number
  readonly durationS: number
  readonly result: 'success' | 'warning' | 'error'
}

export const YEAR_ZONE = 'Europe/Berlin'
const CAUSE = {
  missed: 'overdue',
  failed: 'failed',
  warning: 'warning',
  silent: 'server-silent',
  outage: 'server-silent',
} as const

/** Drawn by lot, and knowing nothing of how the product decides. */
export function planTroubles(plan: YearPlan, random: Random): readonly Trouble[] {
  const troubles: Trouble[] = []
  for (let server = 0; server < plan.servers; server += 1) {
    for (const day of outageDays(plan))
      troubles.push({ kind: 'outage', server, job: null, first: day, last: day })
    let day = 12
    while (day < plan.days - 12) {
      const kind = random.pick(['missed', 'failed', 'warning', 'silent', 'missed', 'failed'] as const)
      const length = random.whole(1, 5)
      const near = outageDays(plan).find((outage) => outage >= day - 3 && outage <= day + length + 3)
      if (near !== undefined) {
        day = near + 4
        continue
      }
      const job = kind === 'silent' ? null : random.whole(0, plan.jobs - 1)
      troubles.push({ kind, server, job, first: day, last: day + length - 1 })
      day += length + random.whole(4, 20)
    }
  }
  return troubles
}

/** Days on which we are down ourselves from half past midnight to noon: what is reported then is lost. */
export function outageDays(plan: YearPlan): readonly number[] {
  return [40, 130, 260].filter((day) => day < plan.days - 12)
}

/** From when to when we are down, in milliseconds. */
export function outages(plan: YearPlan): readonly (readonly [number, number])[] {
  return outageDays(plan).map((day) => {
    const date = firstDay(plan).plus({ days: day })
    return [date.set({ minute: 30 }).toMillis(), date.set({ hour: 12 }).toMillis()] as const
  })
}

export function firstDay(plan: YearPlan): DateTime {
  return DateTime.fromISO(plan.from, { zone: YEAR_ZONE })
}

/** Every job once a day within its tolerance, but for what the plan takes away. In order of arrival. */
export function planReports(
  plan: YearPlan,
  troubles: readonly Trouble[],
  random: Random,
): readonly PlannedReport[] {
  const reports: PlannedReport[] = []
  const { days, servers, jobs } = plan
  for (let day = 0; day < days; day += 1) {
    for (let server = 0; server < servers; server += 1) {
      for (let job = 0; job < jobs; job += 1) {
        const trouble = troubles.find(
          (one) =>
            one.server === server &&
            (one.job === null || one.job === job) &&
            one.first <= day &&
            day <= one.last,
        )
        if (trouble?.kind === 'missed' || trouble?.kind === 'silent') continue
        const planned = firstDay(plan)
          .plus({ days: day })
          .set({ hour: 1 + job * 2, minute: (server * 7) % 60 })
        const late = trouble === undefined && random.chance(0.2) ? random.whole(0, 100) : random.whole(0, 5)
        const begin = planned.plus({ minutes: late }).toMillis()
        const durationS = 300 + random.whole(0, 60)
        reports.push({ begin, server, job, day, durationS, result: resultOf(trouble) })
      }
    }
  }
  return reports.sort((a, b) => arrivalOf(a) - arrivalOf(b))
}

export function arrivalOf(report: PlannedReport): number {
  return report.begin + report.durationS * 1000
}

function resultOf(trouble: Trouble | undefined): PlannedReport['result'] {
  if (trouble?.kind === 'failed') return 'error'
  return trouble?.kind === 'warning' ? 'warning' : 'success'
}

/** What was seen of a year, for `judgeYear`. */
export interface YearSeen {
  readonly incidents: readonly Incident[]
  /** The n of the server, and of the job, as planned; undefined where it is none of ours. */
  serverOf(serverId: string): number | undefined
  jobOf(jobId: string): number | undefined
  /** How many notices of the channel named the incident. */
  told(incidentId: string, channel: string): number
}

/** Planned troubles that were not told exactly as often as they should be, and incidents that nobody planned. */
export function judgeYear(
  plan: YearPlan,
  troubles: readonly Trouble[],
  seen: YearSeen,
): { readonly wrong: readonly string[]; readonly invented: readonly string[] } {
  const unplanned = new Map(seen.incidents.map((incident) => [incident.id, incident]))
  const wrong = troubles.flatMap((trouble) => {
    const found = seen.incidents.filter((incident) => belongs(incident, trouble, plan, seen))
    for (const incident of found) unplanned.delete(incident.id)
    return compare(trouble, found, seen)
  })
  const invented = [...unplanned.values()].map(
    ({ cause, serverId, jobId, openedAt }) =>
      `${cause} M${seen.serverOf(serverId)}/${seen.jobOf(jobId ?? '')} at ${openedAt}`,
  )
  return { wrong, invented }
}

/** How often a trouble is told to each channel: its beginning, its end, and between them that it got worse. */
function compare(trouble: Trouble, found: readonly Incident[], seen: YearSeen): readonly string[] {
  const main = found.filter((incident) => incident.cause === CAUSE[trouble.kind])
  const [incident, second] = main
  const what = `${trouble.kind} M${trouble.server}/${trouble.job} day ${trouble.first} to ${trouble.last}`
  if (incident === undefined || second !== undefined) return [`${what}: ${main.length} incidents`]
  if (incident.closedAt === null) return [`${what}: never closed`]
  const length = trouble.last - trouble.first + 1
  const words = 2 + (length >= 3 && (trouble.kind === 'missed' || trouble.kind === 'failed') ? 1 : 0)
  return ['ntfy', 'email'].flatMap((channel) => {
    const told = seen.told(incident.id, channel)
    return told === words ? [] : [`${what}: ${told} words by ${channel} instead of ${words}`]
  })
}

function belongs(incident: Incident, trouble: Trouble, plan: YearPlan, seen: YearSeen): boolean {
  if (seen.serverOf(incident.serverId) !== trouble.server) return false
  if (trouble.job !== null && seen.jobOf(incident.jobId ?? '') !== trouble.job) return false
  const opened = DateTime.fromISO(incident.openedAt, { zone: YEAR_ZONE })
  const day = Math.floor(opened.diff(firstDay(plan), 'days').days)
  return day >= trouble.first && day <= trouble.last + 1
}
