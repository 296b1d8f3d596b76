import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Notice } from '../../src/domain/notice.ts'
import { type Arriving, type ClockedProgram, startClocked } from './clocked-program.ts'
import { headersOf, type MailServer, startMail } from './mail-server.ts'
import { type NtfyServer, startNtfy } from './ntfy-server.ts'
import { type Random, seededRandom } from './random.ts'
import { backupReport } from './report-document.ts'
import {
  arrivalOf,
  firstDay,
  judgeYear,
  outages,
  type PlannedReport,
  planReports,
  planTroubles,
  type Trouble,
  type YearPlan,
} from './year-plan.ts'

/** What was wrong with what arrived, and how much there was. Empty lists are a good year. */
export interface ToldFindings {
  readonly runs: number
  readonly troubles: number
  readonly notices: number
  readonly arrived: { readonly ntfy: number; readonly email: number }
  readonly restarts: number
  readonly kills: number
  /** Messages that came again because of a kill between sending and marking. */
  readonly again: number
  /** Planned troubles that were not told exactly as often as they should be. */
  readonly wrong: readonly string[]
  /** Incidents that nobody planned. */
  readonly invented: readonly string[]
  /** Messages that arrived twice without a kill meanwhile. */
  readonly twice: readonly string[]
  /** Notices that were never delivered, and deliveries that were noted and never arrived. */
  readonly lost: readonly string[]
}

/** How often something happens: chances of a step. */
export interface Mishaps {
  /** Stopped in good order and started again some minutes later. */
  readonly restart: number
  /** `kill -9` at any moment of a step in which reports come. */
  readonly kill: number
  /** `kill -9` when a message arrives. */
  readonly killAtMessage: number
}

const MINUTE = 60_000

/**
 * Lets time pass over the real program with its real database and channels: machines run, miss and fail as planned,
 * we are stopped, killed and away, each channel is away for a day now and then. Compares what arrived at an ntfy and
 * a mail server with the plan.
 */
export async function tellYear(entry: string, plan: YearPlan, mishaps: Mishaps): Promise<ToldFindings> {
  const random = seededRandom(plan.seed)
  const troubles = planTroubles(plan, random)
  const queue = planReports(plan, troubles, random)
  const [ntfy, mail] = [await startNtfy(), await startMail()]
  const dir = mkdtempSync(join(tmpdir(), 'duplistatus-year-'))
  const year = new Year(plan, { entry, dir, ntfy, mail, random, mishaps })
  try {
    await year.live(queue)
    return await year.findings(troubles)
  } finally {
    year.end()
    await Promise.all([ntfy.close(), mail.close()])
    rmSync(dir, { recursive: true, force: true })
  }
}

interface World {
  readonly entry: string
  readonly dir: string
  readonly ntfy: NtfyServer
  readonly mail: MailServer
  readonly random: Random
  readonly mishaps: Mishaps
}

/** A message that reached a receiver; `key` is the same for the same message. */
interface Arrived {
  readonly channel: string
  readonly key: string
  readonly step: number
}

class Year {
  readonly #plan: YearPlan
  readonly #world: World
  readonly #notices = new Map<string, Notice>()
  readonly #arrived: Arrived[] = []
  /** Steps that were begun, with the moment they end, and whether we were killed in them. */
  readonly #steps: { endMs: number; killed: boolean }[] = []
  #program: ClockedProgram | null = null
  /** Reports that were sent and not acknowledged: Duplicati sends them again. */
  #unheard: PlannedReport[] = []
  #seen = { ntfy: 0, email: 0 }
  #wasKilled = false
  #restarts = 0
  #kills = 0
  #runs = 0

  constructor(plan: YearPlan, world: World) {
    this.#plan = plan
    this.#world = world
  }

  async live(queue: readonly PlannedReport[]): Promise<void> {
    const first = firstDay(this.#plan).toMillis()
    const end = firstDay(this.#plan).plus({ days: this.#plan.days }).toMillis()
    const away = outages(this.#plan)
    const { random, mishaps } = this.#world
    let next = 0
    for (let now = first; now < end; now += this.#plan.sweepMinutes * MINUTE) {
      const due: PlannedReport[] = []
      for (let report = queue[next]; report !== undefined && arrivalOf(report) <= now; report = queue[next]) {
        if (!away.some(([from, to]) => arrivalOf(report) > from && arrivalOf(report) <= to)) due.push(report)
        next += 1
      }
      this.#setMoods(now)
      if (away.some(([from, to]) => now > from && now < to)) {
        this.end()
        continue
      }
      await this.#step(now, due)
      if (random.chance(mishaps.restart)) await this.#restart()
    }
    // What waits for a channel goes out; nothing new is overdue yet.
    for (const hours of [1, 2]) await this.#step(end + hours * 60 * MINUTE, [])
  }

  /** Reports that nobody acknowledged before are sent again, as Duplicati does. */
  async #step(at: number, reports: readonly PlannedReport[]): Promise<void> {
    const { random, mishaps } = this.#world
    const all = [...this.#unheard, ...reports]
    const program = await this.#running(at)
    this.#steps.push({ endMs: at + 30_000, killed: false })
    const killSoon = () => void setTimeout(() => this.#kill(), random.between(0, 5))
    const timer =
      all.length > 0 && random.chance(mishaps.kill)
        ? setTimeout(() => this.#kill(), random.between(0, 60))
        : null
    if (random.chance(mishaps.killAtMessage)) {
      const { ntfy, mail } = this.#world
      const arrived = random.chance(0.5)
        ? ntfy.arrived(this.#seen.ntfy + 1)
        : mail.arrived(this.#seen.email + 1)
      void arrived.then(killSoon)
    }
    const heard = new Set<number>()
    const step = { at: new Date(at).toISOString(), reports: all.map((one) => arriving(one, at)) }
    const stepped = await program.step(step, (n) => heard.add(n))
    if (timer !== null) clearTimeout(timer)
    this.#runs += heard.size
    this.#unheard = all.filter((_, n) => !heard.has(n))
    this.#collect()
    for (const notice of stepped?.notices ?? []) this.#notices.set(notice.id, notice)
    if (stepped !== null) return
    this.#program = null
    this.#kills += 1
    if (!this.#wasKilled) throw new Error('The program died of itself')
    this.#wasKilled = false
    await this.#step(at + random.whole(1, 10) * MINUTE, [])
  }

  /** A message that was waited for may come in a later step than the one that is killed for it. */
  #kill(): void {
    const step = this.#steps.at(-1)
    if (step === undefined || this.#program === null) return
    step.killed = true
    this.#wasKilled = true
    this.#program.kill()
  }

  async #running(at: number): Promise<ClockedProgram> {
    const { entry, dir, ntfy, mail } = this.#world
    const settings = {
      'notices.ntfy.enabled': true,
      'notices.email.enabled': true,
      'monitoring.repeat': 'never',
      'ntfy.server': ntfy.url,
      'ntfy.topic': 'year',
      'email.host': '127.0.0.1',
      'email.port': mail.port,
      'email.security': 'plain',
      'email.sign_in': false,
      'email.from': 'watch@example.org',
      'email.to': ['owner@example.org'],
    }
    if (this.#program === null) {
      this.#program = await startClocked(entry, { dir, at: new Date(at).toISOString(), settings })
      this.#wasKilled = false
    }
    return this.#program
  }

  async #restart(): Promise<void> {
    await this.#program?.stop()
    this.#program = null
    this.#restarts += 1
  }

  end(): void {
    this.#program?.kill()
    this.#program = null
  }

  /** Each channel is away for a day now and then. */
  #setMoods(now: number): void {
    const day = Math.floor(now / 86_400_000)
    this.#world.ntfy.mood = day % 23 === 0 ? { status: 503 } : 'take'
    this.#world.mail.mood = (day + 5) % 23 === 0 ? { at: 'connect', code: 421 } : null
  }

  #collect(): void {
    const { ntfy, mail } = this.#world
    const step = this.#steps.length - 1
    for (const { title, message, click, actions } of ntfy.pushes.slice(this.#seen.ntfy))
      this.#arrived.push({
        channel: 'ntfy',
        key: JSON.stringify([title, message, click, actions.map(({ url }) => url)]),
        step,
      })
    for (const letter of mail.letters.slice(this.#seen.email))
      this.#arrived.push({ channel: 'email', key: headersOf(letter).get('message-id') ?? '', step })
    this.#seen = { ntfy: ntfy.pushes.length, email: mail.letters.length }
  }

  async findings(troubles: readonly Trouble[]): Promise<ToldFindings> {
    const told = await this.#program?.tell()
    if (told === undefined) throw new Error('The year has not begun')
    for (const notice of told.notices) this.#notices.set(notice.id, notice)
    const notices = [...this.#notices.values()]
    const judged = judgeYear(this.#plan, troubles, {
      incidents: told.incidents,
      serverOf: (id) => numberIn(told.servers[id]),
      jobOf: (id) => numberIn(told.jobs[id]),
      told: (id, channel) =>
        notices.filter((notice) => notice.channel === channel && notice.incidentIds.includes(id)).length,
    })
    const undelivered = notices
      .filter(({ state }) => state !== 'delivered')
      .map(({ id, state }) => `${id} ${state}`)
    const deliveries = told.deliveries.filter(({ outcome }) => outcome === 'delivered')
    const { again, twice } = this.#repeats()
    return {
      ...judged,
      runs: this.#runs,
      troubles: troubles.length,
      notices: notices.length,
      arrived: this.#seen,
      restarts: this.#restarts,
      kills: this.#kills,
      again,
      twice,
      lost: [...undelivered, ...this.#unlike(deliveries)],
    }
  }

  /**
   * The same message twice: it may be, where we were killed after it had gone out the first time. Days later the same
   * words are about something else: a push has no number of its own.
   */
  #repeats(): { again: number; twice: string[] } {
    const before = new Map<string, Arrived>()
    const twice: string[] = []
    let again = 0
    for (const one of this.#arrived) {
      const key = `${one.channel} ${one.key}`
      const earlier = before.get(key)
      before.set(key, one)
      if (earlier === undefined || this.#endOf(one) - this.#endOf(earlier) > 24 * 60 * MINUTE) continue
      if (this.#steps[earlier.step]?.killed === true) again += 1
      else twice.push(key)
    }
    return { again, twice }
  }

  #endOf({ step }: Arrived): number {
    return this.#steps[step]?.endMs ?? 0
  }

  /** Steps in which other things arrived than were noted as delivered; a kill takes away the note. */
  #unlike(deliveries: readonly { readonly at: string; readonly [name: string]: unknown }[]): string[] {
    const count = new Map<string, number>()
    for (const { at, channel } of deliveries) {
      const step = this.#steps.findIndex(({ endMs }) => Date.parse(at) <= endMs)
      const key = `${step} ${channel}`
      count.set(key, (count.get(key) ?? 0) + 1)
    }
    const arrived = new Map<string, number>()
    for (const { step, channel } of this.#arrived)
      arrived.set(`${step} ${channel}`, (arrived.get(`${step} ${channel}`) ?? 0) + 1)
    return [...new Set([...count.keys(), ...arrived.keys()])].flatMap((key) => {
      const [noted, came] = [count.get(key) ?? 0, arrived.get(key) ?? 0]
      const isFine = this.#steps[Number.parseInt(key, 10)]?.killed === true ? noted <= came : noted === came
      return isFine ? [] : [`step ${key}: ${noted} noted, ${came} arrived`]
    })
  }
}

/** What Duplicati on that machine sends, at the latest at `atMs`. */
function arriving(report: PlannedReport, atMs: number): Arriving {
  const { server, job, begin, durationS, result } = report
  const document = backupReport({
    machine: {
      id: `m-${server}`,
      name: `M${server}`,
      system: 'Linux',
      systemDetail: 'Debian GNU/Linux 12',
      installation: `i-${server}`,
      version: '2.3.0.4 (2.3.0.4_stable_2026-03-12)',
      zone: 'Europe/Berlin',
    },
    job: { backupId: `DB-${job}`, name: `Job ${job}`, destination: 'file' },
    begin: new Date(begin),
    durationS,
    result: result === 'success' ? 'Success' : result === 'warning' ? 'Warning' : 'Error',
    next: null,
    sourceBytes: 1e9,
    sourceFiles: 1000,
    addedFiles: 5,
    addedBytes: 1e6,
    modifiedFiles: 5,
    modifiedBytes: 1e6,
    deletedFiles: 0,
    uploadedBytes: 1e6,
    storedBytes: 2e9,
    versionsBefore: [],
    versionsDeleted: [],
    warnings: result === 'warning' ? ['a file is locked'] : [],
    errors: result === 'error' ? ['no room'] : [],
    exception: null,
    quota: null,
    logLines: 4,
  })
  const at = new Date(Math.min(atMs, Math.max(arrivalOf(report), atMs - 60 * MINUTE))).toISOString()
  return { at, sender: `10.0.0.${server + 1}`, document }
}

function numberIn(id: string | null | undefined): number | undefined {
  return id == null ? undefined : Number(id.replace(/\D/g, ''))
}
