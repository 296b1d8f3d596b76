import { closedIncidents, findIncident, journaled } from '../../src/domain/closed-incidents.ts'
import { noteDowntime } from '../../src/domain/downtime.ts'
import type { Incident } from '../../src/domain/incident.ts'
import type { Notice } from '../../src/domain/notice.ts'
import { sweep } from '../../src/domain/sweep.ts'
import { aState, Reports, type Said } from '../domain/given.ts'
import { type Random, seededRandom } from './random.ts'
import {
  arrivalOf,
  firstDay,
  judgeYear,
  outages,
  type PlannedReport,
  planReports,
  planTroubles,
  type Trouble,
  YEAR_ZONE,
  type YearPlan,
} from './year-plan.ts'

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
        'monitoring.zone': YEAR_ZONE,
      }),
    )
  }

  live(): void {
    const first = firstDay(this.#plan)
    const queue = planReports(this.#plan, this.#troubles, this.#random)
    const end = first.plus({ days: this.#plan.days }).toMillis()
    const away = outages(this.#plan)
    let next = 0
    for (let now = first.toMillis(); now < end; now += this.#plan.sweepMinutes * 60_000) {
      for (let report = queue[next]; report !== undefined && arrivalOf(report) <= now; report = queue[next]) {
        const lost = away.some(([from, to]) => arrivalOf(report) > from && arrivalOf(report) <= to)
        if (!lost) this.#receive(report)
        next += 1
      }
      const outage = away.find(([from, to]) => now > from && now <= to)
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

  #receive(report: PlannedReport): void {
    const { server, job, begin, durationS } = report
    const at = new Date(begin).toISOString()
    const received = new Date(begin + durationS * 1000).toISOString()
    const identity = {
      machineId: `m-${server}`,
      machineName: `M${server}`,
      backupId: `DB-${job}`,
      backupName: `Job ${job}`,
    }
    this.#reports.receive(at, { ...SAID[report.result], identity, durationS, end: received, received })
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
    const { servers, jobs, notices } = this.#reports.state
    const sends = [...this.#sends.values()]
    const judged = judgeYear(this.#plan, this.#troubles, {
      incidents: [...this.#incidents.values()],
      serverOf: (id) => numberIn(servers[id]?.machineId),
      jobOf: (id) => numberIn(jobs[id]?.backupId),
      told: (id, channel) =>
        sends.filter(({ notice }) => notice.channel === channel && notice.incidentIds.includes(id)).length,
    })
    return {
      ...judged,
      runs: this.#runs,
      troubles: this.#troubles.length,
      notices: sends.length,
      restarts: this.#restarts,
      twice: sends.filter((send) => send.times > send.crashes + 1).map((send) => send.notice.id),
      lost: Object.values(notices).flatMap((notice) => (notice.state === 'owed' ? [notice.id] : [])),
    }
  }
}

const SAID: Readonly<Record<PlannedReport['result'], Said>> = {
  success: {},
  warning: { result: 'warning', firstWarnings: ['locked'], warnings: 1 },
  error: { result: 'error', firstErrors: ['no room'], errors: 1 },
}

function numberIn(id: string | null | undefined): number | undefined {
  return id == null ? undefined : Number(id.replace(/\D/g, ''))
}
