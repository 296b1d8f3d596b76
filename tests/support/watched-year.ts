import { DateTime } from 'luxon'
import { closedIncidents, findIncident, journaled } from '../../src/domain/closed-incidents.ts'
import { noteDowntime } from '../../src/domain/downtime.ts'
import type { Incident } from '../../src/domain/incident.ts'
import type { Notice } from '../../src/domain/notice.ts'
import { sweep } from '../../src/domain/sweep.ts'
import { aState, Reports, type Said } from '../domain/given.ts'
import { type Random, seededRandom } from './random.ts'

export interface YearPlan {
  readonly from: string
  readonly days: number
  readonly servers: number
  readonly jobs: number
  readonly sweepMinutes: number
  readonly seed: number
}

/** What was wrong with what was said, and how much there was. Empty lists are a good year. */
export interface YearFindings {
  readonly runs: number
  readonly troubles: number
  readonly notices: number
  readonly restarts: number
  /** Planned troubles that were not told exactly as often as they should be. */
  readonly wrong: readonly string[]
  /** Incidents that nobody planned. */
  readonly invented: readonly string[]
  /** Notices that arrived twice without a crash between send and mark. */
  readonly twice: readonly string[]
  /** Notices that never arrived. */
  readonly lost: readonly string[]
}

/** A planned trouble: which words about it are expected, from which day to which. */
interface Trouble {
  readonly kind: 'missed' | 'failed' | 'warning' | 'silent' | 'outage'
  readonly server: number
  /** null for all jobs of the server. */
  readonly job: number | null
  readonly first: number
  readonly last: number
}

const ZONE = 'Europe/Berlin'
const CAUSE = {
  missed: 'overdue',
  failed: 'failed',
  warning: 'warning',
  silent: 'server-silent',
  outage: 'server-silent',
} as const

/**
 * Lets time pass over machines that run, miss and fail as planned, with restarts, channels that are away for a
 * day, crashes between sending and marking, and the changes of the clock; then compares what was said with the
 * plan. The plan is drawn first and knows nothing of how the product decides.
 */
export function watchYear(plan: YearPlan): YearFindings {
  const random = seededRandom(plan.seed)
  const troubles = planTroubles(plan, random)
  const world = new World(plan, troubles, random)
  world.live()
  return world.findings()
}

function planTroubles(plan: YearPlan, random: Random): readonly Trouble[] {
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
function outageDays(plan: YearPlan): readonly number[] {
  return [40, 130, 260].filter((day) => day < plan.days - 12)
}

interface Report {
  readonly begin: number
  readonly server: number
  readonly job: number
  readonly day: number
  readonly durationS: number
  readonly said: Said
}

class World {
  readonly #plan: YearPlan
  readonly #troubles: readonly Trouble[]
  readonly #random: Random
  readonly #reports: Reports
  readonly #sends = new Map<string, { readonly notice: Notice; times: number; crashes: number }>()
  readonly #incidents = new Map<string, Incident>()
  #restarts = 0
  #runs = 0

  constructor(plan: YearPlan, troubles: readonly Trouble[], random: Random) {
    this.#plan = plan
    this.#troubles = troubles
    this.#random = random
    this.#reports = new Reports(
      aState({
        'notices.ntfy.enabled': true,
        'notices.email.enabled': true,
        'monitoring.repeat': 'never',
        'monitoring.zone': ZONE,
      }),
    )
  }

  live(): void {
    const first = DateTime.fromISO(this.#plan.from, { zone: ZONE })
    const queue = this.#schedule(first)
    const end = first.plus({ days: this.#plan.days }).toMillis()
    let next = 0
    const outages = outageDays(this.#plan).map((day) => {
      const date = first.plus({ days: day })
      return [date.set({ minute: 30 }).toMillis(), date.set({ hour: 12 }).toMillis()] as const
    })
    for (let now = first.toMillis(); now < end; now += this.#plan.sweepMinutes * 60_000) {
      for (let report = queue[next]; report !== undefined && arrival(report) <= now; report = queue[next]) {
        const lost = outages.some(([from, to]) => arrival(report) > from && arrival(report) <= to)
        if (!lost) this.#receive(report)
        next += 1
      }
      const outage = outages.find(([from, to]) => now > from && now <= to)
      if (outage !== undefined) {
        if (now + this.#plan.sweepMinutes * 60_000 > outage[1]) this.#comeBack(outage[0], now)
        continue
      }
      if (this.#random.chance(0.002)) this.#restart(now)
      this.#reports.state = sweep(this.#reports.state, new Date(now))
      this.#send(now)
      this.#writeJournal()
    }
  }

  /** Every job once a day within its tolerance, but for what the plan takes away. In order of arrival. */
  #schedule(first: DateTime): readonly Report[] {
    const reports: Report[] = []
    const { days, servers, jobs } = this.#plan
    for (let day = 0; day < days; day += 1) {
      for (let server = 0; server < servers; server += 1) {
        for (let job = 0; job < jobs; job += 1) {
          const trouble = this.#troubles.find(
            (one) =>
              one.server === server &&
              (one.job === null || one.job === job) &&
              one.first <= day &&
              day <= one.last,
          )
          if (trouble?.kind === 'missed' || trouble?.kind === 'silent') continue
          const planned = first.plus({ days: day }).set({ hour: 1 + job * 2, minute: (server * 7) % 60 })
          const late =
            trouble === undefined && this.#random.chance(0.2)
              ? this.#random.whole(0, 100)
              : this.#random.whole(0, 5)
          const begin = planned.plus({ minutes: late }).toMillis()
          reports.push({
            begin,
            server,
            job,
            day,
            durationS: 300 + this.#random.whole(0, 60),
            said: saidOf(trouble),
          })
        }
      }
    }
    return reports.sort((a, b) => arrival(a) - arrival(b))
  }

  #receive(report: Report): void {
    const { server, job, begin, durationS } = report
    const at = new Date(begin).toISOString()
    const received = new Date(begin + durationS * 1000).toISOString()
    const identity = {
      machineId: `m-${server}`,
      machineName: `M${server}`,
      backupId: `DB-${job}`,
      backupName: `Job ${job}`,
    }
    this.#reports.receive(at, { ...report.said, identity, durationS, end: received, received })
    this.#runs += 1
    this.#keep()
  }

  #comeBack(from: number, now: number): void {
    this.#restarts += 1
    this.#reports.state = noteDowntime(this.#reports.state, new Date(from), new Date(now))
  }

  /** We go down and come back within minutes; nothing in memory counts, only what was saved. */
  #restart(now: number): void {
    this.#restarts += 1
    this.#reports.state = JSON.parse(JSON.stringify(this.#reports.state))
    this.#reports.state = noteDowntime(
      this.#reports.state,
      new Date(now - this.#random.whole(1, 10) * 60_000),
      new Date(now),
    )
  }

  /** Sends what is due. Each channel is away for a day now and then; sometimes we crash before we marked it. */
  #send(now: number): void {
    this.#keep()
    const notices = { ...this.#reports.state.notices }
    const day = Math.floor(now / 86_400_000)
    for (const notice of Object.values(notices)) {
      if (notice.state !== 'owed' || Date.parse(notice.dueAt) > now) continue
      const away = (day + (notice.channel === 'ntfy' ? 0 : 5)) % 23 === 0
      if (away) {
        notices[notice.id] = {
          ...notice,
          attempts: notice.attempts + 1,
          dueAt: new Date(now + 3_600_000).toISOString(),
        }
        continue
      }
      const seen = this.#sends.get(notice.id) ?? { notice, times: 0, crashes: 0 }
      this.#sends.set(notice.id, { notice, times: seen.times + 1, crashes: seen.crashes })
      if (this.#random.chance(0.02)) {
        this.#sends.set(notice.id, { notice, times: seen.times + 1, crashes: seen.crashes + 1 })
        continue
      }
      notices[notice.id] = {
        ...notice,
        state: 'delivered',
        attempts: notice.attempts + 1,
        finishedAt: new Date(now).toISOString(),
      }
    }
    this.#reports.state = { ...this.#reports.state, notices }
  }

  #keep(): void {
    for (const incident of Object.values(this.#reports.state.incidents))
      this.#incidents.set(incident.id, incident)
  }

  #writeJournal(): void {
    const closed = closedIncidents(this.#reports.state)
    for (const incident of closed)
      this.#incidents.set(incident.id, findIncident(this.#reports.state, incident.id) ?? incident)
    this.#reports.state = journaled(this.#reports.state, new Set(closed.map((incident) => incident.id)))
  }

  findings(): YearFindings {
    const unplanned = new Set(this.#incidents.keys())
    const wrong = this.#troubles.flatMap((trouble) => this.#compare(trouble, unplanned))
    const sends = [...this.#sends.values()]
    const owed = Object.values(this.#reports.state.notices).filter((notice) => notice.state === 'owed')
    return {
      runs: this.#runs,
      troubles: this.#troubles.length,
      notices: sends.length,
      restarts: this.#restarts,
      wrong,
      invented: [...unplanned].map((id) => this.#described(id)),
      twice: sends.filter((send) => send.times > send.crashes + 1).map((send) => send.notice.id),
      lost: owed.map((notice) => notice.id),
    }
  }

  /** What the plan expects of a trouble: how often it is told to each channel, and which incidents are its own. */
  #compare(trouble: Trouble, unplanned: Set<string>): readonly string[] {
    const found = [...this.#incidents.values()].filter((incident) => this.#belongs(incident, trouble))
    for (const incident of found) unplanned.delete(incident.id)
    const main = found.filter((incident) => incident.cause === CAUSE[trouble.kind])
    const [incident, second] = main
    const what = `${trouble.kind} M${trouble.server}/${trouble.job} day ${trouble.first} to ${trouble.last}`
    if (incident === undefined || second !== undefined) return [`${what}: ${main.length} incidents`]
    if (incident.closedAt === null) return [`${what}: never closed`]
    const length = trouble.last - trouble.first + 1
    const words = 2 + (length >= 3 && (trouble.kind === 'missed' || trouble.kind === 'failed') ? 1 : 0)
    const problems: string[] = []
    for (const channel of ['ntfy', 'email']) {
      const told = [...this.#sends.values()].filter(
        ({ notice }) => notice.channel === channel && notice.incidentIds.includes(incident.id),
      ).length
      if (told !== words) problems.push(`${what}: ${told} words by ${channel} instead of ${words}`)
    }
    return problems
  }

  #belongs(incident: Incident, trouble: Trouble): boolean {
    const server = this.#reports.state.servers[incident.serverId]
    const job = incident.jobId === null ? undefined : this.#reports.state.jobs[incident.jobId]
    if (server?.machineId !== `m-${trouble.server}`) return false
    if (trouble.job !== null && job?.backupId !== `DB-${trouble.job}`) return false
    const first = DateTime.fromISO(this.#plan.from, { zone: ZONE })
    const day = Math.floor(DateTime.fromISO(incident.openedAt, { zone: ZONE }).diff(first, 'days').days)
    return day >= trouble.first && day <= trouble.last + 1
  }

  #described(id: string): string {
    const incident = this.#incidents.get(id)
    const job = this.#reports.state.jobs[incident?.jobId ?? '']
    return `${incident?.cause} ${job?.backupId ?? ''} of ${incident?.serverId} at ${incident?.openedAt}`
  }
}

function arrival(report: Report): number {
  return report.begin + report.durationS * 1000
}

function saidOf(trouble: Trouble | undefined): Said {
  if (trouble?.kind === 'failed') return { result: 'error', firstErrors: ['no room'], errors: 1 }
  if (trouble?.kind === 'warning') return { result: 'warning', firstWarnings: ['locked'], warnings: 1 }
  return {}
}
