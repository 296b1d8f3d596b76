import MockDate from 'mockdate'
import t from 'tap'
import { createCalendar } from '../src/calendar/runner.ts'
import type { ChoreName } from '../src/calendar/timetable.ts'
import type { ChoreOutcome } from '../src/domain/state.ts'
import { createLog } from '../src/kit/log.ts'

const HOUR = 3_600_000

/** A wall clock that goes on and can be put forward and back, and a calendar that lives by it. */
async function calendarBy(kept: Readonly<Record<string, ChoreOutcome>> = {}) {
  const real = () => performance.timeOrigin + performance.now()
  let offMs = 0
  const tick = () => MockDate.set(real() + offMs)
  tick()
  const ticking = setInterval(tick, 5)
  const done: number[] = []
  const work = async () => {
    done.push(Date.now())
    return 'done'
  }
  const calendar = createCalendar({
    timetable: [{ name: 'overdue', cron: '* * * * * *', madeUp: false }],
    work: new Proxy({} as Record<ChoreName, typeof work>, { get: () => work }),
    clock: { now: () => new Date(), elapsedMs: () => performance.now() },
    log: createLog({ level: 'error' }),
    zone: 'UTC',
    kept,
    keep: async () => undefined,
    lookMs: 100,
  })
  await calendar.start()
  return {
    done,
    jump(ms: number) {
      offMs += ms
      tick()
    },
    async more(count: number) {
      const wanted = done.length + count
      for (let tries = 0; tries < 600 && done.length < wanted; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 50))
      return done.length >= wanted
    },
    async stop() {
      clearInterval(ticking)
      await calendar.stop()
      MockDate.reset()
    },
  }
}

t.test('scheduled work goes on when the clock is put back', async (t) => {
  const calendar = await calendarBy()
  t.ok(await calendar.more(1))
  calendar.jump(-24 * HOUR)
  t.ok(await calendar.more(2), 'and does not wait for the time that it was')
  await calendar.stop()
})

t.test(
  'scheduled work is done once when the clock is put forward, not once for every time in between',
  async (t) => {
    const calendar = await calendarBy()
    t.ok(await calendar.more(1))
    const before = calendar.done.length
    calendar.jump(24 * HOUR)
    t.ok(await calendar.more(3))
    const seconds = new Set(calendar.done.slice(before).map((at) => Math.floor(at / 1000)))
    t.ok(calendar.done.length - before <= seconds.size + 2, `${calendar.done.length - before} times`)
    await calendar.stop()
  },
)
