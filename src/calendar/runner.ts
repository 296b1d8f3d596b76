import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Job } from 'node-schedule'
import type { ChoreOutcome } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Chore, ChoreName } from './timetable.ts'

/** Does one piece of work and says in a few words what came of it. */
export type Work = (signal: AbortSignal) => Promise<string>

export interface Calendar {
  /** Begins to keep the timetable; once. Rejects where a time of it cannot be read. */
  start(): Promise<void>
  /** Does a chore now, or joins it where it is being done. Never rejects: the outcome says what came of it. */
  now(name: ChoreName): Promise<ChoreOutcome>
  outcomes(): Readonly<Record<string, ChoreOutcome>>
  /** Starts nothing new and waits for what is under way. */
  stop(): Promise<void>
}

export interface CalendarNeeds {
  readonly timetable: readonly Chore[]
  readonly work: Readonly<Record<ChoreName, Work>>
  readonly clock: Clock
  readonly log: Log
  readonly zone: string
  /** Outcomes of earlier days, and where the next are kept. */
  readonly kept: Readonly<Record<string, ChoreOutcome>>
  keep(name: ChoreName, outcome: ChoreOutcome): Promise<void>
  /** How often it looks whether the clock has jumped. */
  readonly lookMs?: number
}

const DAY_MS = 24 * 60 * 60_000
const SOON_MS = 3 * 60_000
/** A clock that is off by more than this has jumped, or the machine slept. */
const JUMP_MS = 2 * 60_000
const LOOK_MS = 30_000

/**
 * Keeps the timetable. Cron strings with a zone only: node-schedule's rule objects skip a day in spring and
 * fire twice in autumn. A chore never overlaps itself; one that fails is logged and tried at its next time.
 */
export function createCalendar(needs: CalendarNeeds): Calendar {
  const outcomes = new Map<string, ChoreOutcome>(Object.entries(needs.kept))
  const running = new Map<ChoreName, Promise<ChoreOutcome>>()
  const stopping = new AbortController()

  const once = (chore: Chore): Promise<ChoreOutcome> => {
    const under = running.get(chore.name)
    if (under !== undefined) return under
    const one = doChore(needs, chore, stopping.signal, outcomes).finally(() => running.delete(chore.name))
    running.set(chore.name, one)
    return one
  }

  let jobs: Job[] = []
  let makeUp: NodeJS.Timeout | undefined
  let look: NodeJS.Timeout | undefined

  /** Times are reckoned from now on; what was planned before is forgotten. */
  async function plan(): Promise<void> {
    // After the doors are open: to work out the first times takes longer than to open them.
    const { default: schedule } = await import('node-schedule')
    for (const job of jobs.splice(0)) job.cancel()
    const planned: Job[] = []
    jobs = planned
    for (const chore of needs.timetable) {
      // Who asks meanwhile is answered: each takes some milliseconds.
      await nextTurn()
      if (stopping.signal.aborted || jobs !== planned) return
      const job = schedule.scheduleJob({ rule: chore.cron, tz: needs.zone }, (due) => {
        void once(chore)
        // After a jump ahead node-schedule would do it once for every time that was jumped over.
        if (Date.now() - due.getTime() > JUMP_MS && jobs === planned) replan()
      })
      if (job === null)
        throw new Error(`The timetable has a time that cannot be read: ${chore.name} ${chore.cron}`)
      planned.push(job)
    }
  }

  function replan(): void {
    needs.log.info('The clock has jumped: the timetable is reckoned anew')
    makeUpSoon()
    plan().catch((error: unknown) => needs.log.error('The timetable could not be reckoned anew', { error }))
  }

  /** node-schedule waits for the moment it reckoned: after a jump back it would do nothing until then. */
  function watchClock(): void {
    let last = Date.now()
    const every = needs.lookMs ?? LOOK_MS
    look = setInterval(() => {
      const gone = Date.now() - last
      last += gone
      if (gone < -every || gone > JUMP_MS + every) replan()
    }, every)
    look.unref()
  }

  function makeUpSoon(): void {
    clearTimeout(makeUp)
    makeUp = setTimeout(() => {
      for (const chore of needs.timetable) if (wasMissed(needs, chore, outcomes)) void once(chore)
    }, SOON_MS)
    makeUp.unref()
  }

  return {
    async start() {
      await plan()
      if (stopping.signal.aborted) return
      makeUpSoon()
      watchClock()
    },
    now(name) {
      const chore = needs.timetable.find((one) => one.name === name)
      return chore === undefined ? Promise.reject(new Error(`There is no chore ${name}`)) : once(chore)
    },
    outcomes: () => Object.fromEntries(outcomes),
    async stop() {
      stopping.abort()
      clearTimeout(makeUp)
      clearInterval(look)
      for (const job of jobs) job.cancel()
      await Promise.allSettled(running.values())
    },
  }
}

async function doChore(
  needs: CalendarNeeds,
  chore: Chore,
  signal: AbortSignal,
  outcomes: Map<string, ChoreOutcome>,
): Promise<ChoreOutcome> {
  const startedAt = needs.clock.now().toISOString()
  let outcome: ChoreOutcome
  try {
    const note = await needs.work[chore.name](signal)
    outcome = { startedAt, finishedAt: needs.clock.now().toISOString(), ok: true, note }
  } catch (error) {
    if (!signal.aborted)
      needs.log.error(`The scheduled work "${chore.name}" failed; it is tried again at its next time`, {
        error,
      })
    const note = error instanceof Error ? error.message : String(error)
    outcome = { startedAt, finishedAt: needs.clock.now().toISOString(), ok: false, note }
  }
  outcomes.set(chore.name, outcome)
  if (chore.madeUp) await needs.keep(chore.name, outcome).catch(() => undefined)
  return outcome
}

function wasMissed(needs: CalendarNeeds, chore: Chore, outcomes: ReadonlyMap<string, ChoreOutcome>): boolean {
  if (!chore.madeUp) return false
  const last = outcomes.get(chore.name)
  return last !== undefined && needs.clock.now().getTime() - Date.parse(last.startedAt) > 1.1 * DAY_MS
}
