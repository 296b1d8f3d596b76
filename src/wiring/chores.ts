import type { Calendar, Work } from '../calendar/runner.ts'
import { createCalendar } from '../calendar/runner.ts'
import type { ChoreName } from '../calendar/timetable.ts'
import { TIMETABLE } from '../calendar/timetable.ts'
import { closedIncidents, journaled } from '../domain/closed-incidents.ts'
import { sweep } from '../domain/sweep.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Store } from '../store/store-shape.ts'

export interface ChoresNeeds {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly zone: string
  /** Work of features that have their own wiring. */
  readonly more: Readonly<Partial<Record<ChoreName, Work>>>
  /** After a sweep that changed something. */
  onChanged(why: string): void
  wakeNotices(): void
}

const DAY_MS = 86_400_000

/** What each row of the timetable does, and the calendar that does it. */
export function chores(needs: ChoresNeeds): Calendar {
  const { store, clock } = needs
  const nothing: Work = async () => ''
  let isAsked = false
  let looked = Number.NEGATIVE_INFINITY
  /** The timetable asks each minute; the setting says how often there is a look, a person can look at any time. */
  const isTimeToLook = () => {
    const everyMinutes = Number(store.state().settings['monitoring.check_minutes'] ?? 1)
    const now = clock.now().getTime()
    const isDue = isAsked || now < looked || now - looked >= (everyMinutes - 0.5) * 60_000
    if (isDue) looked = now
    isAsked = false
    return isDue
  }
  const work: Record<ChoreName, Work> = {
    collect: nothing,
    digest: nothing,
    live: nothing,
    copy: nothing,
    trash: nothing,
    ...needs.more,
    overdue: async () => {
      if (!isTimeToLook()) return ''
      const before = store.state()
      const after = await store.change((state) => sweep(state, clock.now()))
      await keepClosedIncidents(store)
      if (after !== before) needs.onChanged('sweep')
      needs.wakeNotices()
      return ''
    },
    notices: async () => {
      needs.wakeNotices()
      return ''
    },
    retention: async () => {
      const done = await store.prune({
        runsBefore: before(clock, days(store, 'retention.run_days', 730)),
        logsBefore: before(clock, days(store, 'retention.log_days', 90)),
      })
      const auditDays = days(store, 'retention.audit_days', 365)
      if (auditDays > 0)
        await store.journal('audit').prune(new Date(clock.now().getTime() - auditDays * DAY_MS))
      return `${done.runs} runs, ${done.logPacks} log packs`
    },
    compaction: async () => {
      const done = await store.compact()
      return `${done.segments} files, ${done.freedBytes} bytes`
    },
  }
  const calendar = createCalendar({
    timetable: TIMETABLE,
    work,
    clock,
    log: needs.log,
    zone: needs.zone,
    kept: store.state().chores,
    keep: async (name, outcome) => {
      await store.change((state) => ({ ...state, chores: { ...state.chores, [name]: outcome } }))
    },
  })
  return {
    ...calendar,
    now(name) {
      if (name === 'overdue') isAsked = true
      return calendar.now(name)
    },
  }
}

/** Closed incidents wait in the state until the journal has them; a crash in between writes one twice, never none. */
export async function keepClosedIncidents(store: Store): Promise<void> {
  const waiting = closedIncidents(store.state())
  if (waiting.length === 0) return
  const journal = store.journal('incidents')
  for (const incident of waiting)
    await journal.append({ ...incident, at: incident.closedAt ?? incident.updatedAt })
  const ids = new Set(waiting.map((incident) => incident.id))
  await store.change((state) => journaled(state, ids))
}

/** A number of days from the settings; 0 keeps for ever. */
function days(store: Store, key: string, otherwise: number): number {
  const value = store.state().settings[key]
  return typeof value === 'number' && value >= 0 ? value : otherwise
}

function before(clock: Clock, count: number): Date | null {
  return count === 0 ? null : new Date(clock.now().getTime() - count * DAY_MS)
}
