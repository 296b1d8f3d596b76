import { DateTime } from 'luxon'
import t from 'tap'
import { expect, usualDurationS } from '../../src/domain/expectation.ts'
import type { Expectation } from '../../src/domain/expectation-shape.ts'
import { parseInterval } from '../../src/domain/interval.ts'
import type { DuplicatiSchedule, Job, UserExpectation } from '../../src/domain/job.ts'
import { monitoringSettings } from '../../src/domain/monitoring-settings.ts'
import { refreshExpectations } from '../../src/domain/refresh-expectation.ts'
import { rhythmOf } from '../../src/domain/rhythm-of.ts'
import { nextSlot, slotsBetween } from '../../src/domain/schedule.ts'
import { sweep } from '../../src/domain/sweep.ts'
import { type Random, seededRandom } from '../support/random.ts'
import { aJob, aServer, aState, type Begun, daily, Reports } from './given.ts'

const BERLIN = 'Europe/Berlin'
const YORK = 'America/New_York'
const HOWE = 'Australia/Lord_Howe'
const KOLKATA = 'Asia/Kolkata'

function utc(text: string | null): string | null {
  return text === null ? null : new Date(text).toISOString()
}

t.test('an interval of Duplicati is read as Duplicati reads it, or not at all', async (t) => {
  const none = { years: 0, months: 0, days: 0, clockMs: 0 }
  const good: [string, Partial<typeof none>][] = [
    ['90', { clockMs: 90_000 }],
    ['45s', { clockMs: 45_000 }],
    ['15m', { clockMs: 900_000 }],
    ['12h', { clockMs: 43_200_000 }],
    ['1D', { days: 1 }],
    ['2W', { days: 14 }],
    ['1M', { months: 1 }],
    ['1Y', { years: 1 }],
    ['1D12h', { days: 1, clockMs: 43_200_000 }],
    ['1M2D3h4m5s', { months: 1, days: 2, clockMs: 11_045_000 }],
    ['1D1D', { days: 2 }],
    [' 1D ', { days: 1 }],
  ]
  for (const [source, parts] of good) t.same(parseInterval(source), { ...none, ...parts }, source)
  for (const bad of [
    '',
    '0',
    '0D',
    '1d',
    '1H',
    '1y',
    '1D-1s',
    '-1D',
    'D',
    '1.5h',
    '1D 12h',
    '1Dx',
    '200Y',
    '١D',
    `${'1D'.repeat(40)}`,
  ]) {
    t.equal(parseInterval(bad), null, JSON.stringify(bad))
  }
})

type SlotCase = [
  name: string,
  grid: { base: string; every: string; days?: number[]; zone?: string },
  after: string,
  next: string | null,
]

const SLOTS: SlotCase[] = [
  ['seconds', { base: '2026-05-01T00:00Z', every: '90' }, '2026-05-01T00:01Z', '2026-05-01T00:01:30Z'],
  ['minutes', { base: '2026-05-01T00:00Z', every: '15m' }, '2026-05-01T00:15Z', '2026-05-01T00:30Z'],
  ['hours', { base: '2026-05-01T02:00Z', every: '6h' }, '2026-05-03T09:00Z', '2026-05-03T14:00Z'],
  ['days', { base: '2026-05-01T02:00Z', every: '1D' }, '2026-05-03T02:00Z', '2026-05-04T02:00Z'],
  ['three days', { base: '2026-05-01T02:00Z', every: '3D' }, '2026-05-05T02:00Z', '2026-05-07T02:00Z'],
  ['weeks', { base: '2026-05-01T02:00Z', every: '1W' }, '2026-05-20T02:00Z', '2026-05-22T02:00Z'],
  ['months', { base: '2026-05-15T02:00Z', every: '1M' }, '2026-06-15T02:00Z', '2026-07-15T02:00Z'],
  ['years', { base: '2024-05-15T02:00Z', every: '1Y' }, '2026-05-15T02:00Z', '2027-05-15T02:00Z'],
  [
    'a day and a half',
    { base: '2026-05-01T00:00Z', every: '1D12h' },
    '2026-05-02T13:00Z',
    '2026-05-04T00:00Z',
  ],
  [
    'a month and hours',
    { base: '2026-01-31T00:00Z', every: '1M12h' },
    '2026-02-28T12:00Z',
    '2026-03-29T00:00Z',
  ],
  [
    'a base still to come',
    { base: '2026-05-09T02:00Z', every: '1D' },
    '2026-05-03T02:00Z',
    '2026-05-09T02:00Z',
  ],
  [
    'exactly at the base',
    { base: '2026-05-09T02:00Z', every: '1D' },
    '2026-05-09T02:00Z',
    '2026-05-10T02:00Z',
  ],
  ['a base years ago', { base: '2009-01-01T02:00Z', every: '1D' }, '2026-05-03T03:00Z', '2026-05-04T02:00Z'],
  [
    'minutes from years ago',
    { base: '2009-01-01T00:00Z', every: '5m' },
    '2026-05-03T03:02Z',
    '2026-05-03T03:05Z',
  ],
  // The end of a month sticks.
  [
    '31 January and a month',
    { base: '2026-01-31T02:00Z', every: '1M' },
    '2026-01-31T02:00Z',
    '2026-02-28T02:00Z',
  ],
  [
    '31 January and two months, by steps',
    { base: '2026-01-31T02:00Z', every: '1M' },
    '2026-02-28T02:00Z',
    '2026-03-28T02:00Z',
  ],
  [
    '31 January in a leap year',
    { base: '2028-01-31T02:00Z', every: '1M' },
    '2028-01-31T02:00Z',
    '2028-02-29T02:00Z',
  ],
  [
    '31 August and a month',
    { base: '2026-08-31T02:00Z', every: '1M' },
    '2026-09-01T00:00Z',
    '2026-09-30T02:00Z',
  ],
  [
    'leap day and a year',
    { base: '2028-02-29T02:00Z', every: '1Y' },
    '2028-02-29T02:00Z',
    '2029-02-28T02:00Z',
  ],
  [
    'over the end of a year',
    { base: '2026-12-15T02:00Z', every: '1M' },
    '2026-12-20T00:00Z',
    '2027-01-15T02:00Z',
  ],
  ['over 29 February', { base: '2028-02-28T02:00Z', every: '1D' }, '2028-02-28T02:00Z', '2028-02-29T02:00Z'],
  ['over 28 February', { base: '2027-02-28T02:00Z', every: '1D' }, '2027-02-28T02:00Z', '2027-03-01T02:00Z'],
  // Weekdays: 1 May 2026 is a Friday.
  [
    'Friday to Monday',
    { base: '2026-05-01T02:00Z', every: '1D', days: [1, 2, 3, 4, 5] },
    '2026-05-01T02:00Z',
    '2026-05-04T02:00Z',
  ],
  [
    'all seven days',
    { base: '2026-05-01T02:00Z', every: '1D', days: [0, 1, 2, 3, 4, 5, 6] },
    '2026-05-01T02:00Z',
    '2026-05-02T02:00Z',
  ],
  [
    'a base on a forbidden day',
    { base: '2026-05-02T02:00Z', every: '1D', days: [3] },
    '2026-05-01T02:00Z',
    '2026-05-06T02:00Z',
  ],
  [
    'every second day on workdays',
    { base: '2026-05-01T02:00Z', every: '2D', days: [1, 2, 3, 4, 5] },
    '2026-05-01T03:00Z',
    '2026-05-04T02:00Z',
  ],
  [
    'and on from there',
    { base: '2026-05-01T02:00Z', every: '2D', days: [1, 2, 3, 4, 5] },
    '2026-05-04T03:00Z',
    '2026-05-06T02:00Z',
  ],
  [
    'weekly, moved to its day',
    { base: '2026-05-01T02:00Z', every: '1W', days: [3] },
    '2026-05-01T02:00Z',
    '2026-05-06T02:00Z',
  ],
  [
    'every 6 h on Sundays',
    { base: '2026-05-01T02:00Z', every: '6h', days: [0] },
    '2026-05-03T20:00Z',
    '2026-05-10T02:00Z',
  ],
  [
    'weekdays by the zone',
    { base: '2026-05-01T22:30Z', every: '1D', days: [6], zone: BERLIN },
    '2026-05-01T00:00Z',
    '2026-05-01T22:30Z',
  ],
  [
    'weekdays with hours by the zone',
    { base: '2026-05-01T20:00Z', every: '1h', days: [6], zone: BERLIN },
    '2026-05-01T20:00Z',
    '2026-05-01T22:00Z',
  ],
  [
    '36 hours on workdays',
    { base: '2026-05-01T00:00Z', every: '1D12h', days: [1, 2, 3, 4, 5], zone: 'UTC' },
    '2026-05-01T00:00Z',
    '2026-05-04T12:00Z',
  ],
  // Daylight saving: days keep the time on the wall, hours do not.
  [
    'Berlin in spring, a day',
    { base: '2026-03-28T03:00+01:00', every: '1D', zone: BERLIN },
    '2026-03-28T03:00+01:00',
    '2026-03-29T03:00+02:00',
  ],
  [
    'Berlin in spring, 24 hours',
    { base: '2026-03-28T03:00+01:00', every: '24h', zone: BERLIN },
    '2026-03-28T03:00+01:00',
    '2026-03-29T04:00+02:00',
  ],
  [
    'Berlin in spring, a time that is skipped',
    { base: '2026-03-28T02:30+01:00', every: '1D', zone: BERLIN },
    '2026-03-28T02:30+01:00',
    '2026-03-29T03:30+02:00',
  ],
  [
    'Berlin, the day after',
    { base: '2026-03-28T02:30+01:00', every: '1D', zone: BERLIN },
    '2026-03-29T03:30+02:00',
    '2026-03-30T02:30+02:00',
  ],
  [
    'Berlin in autumn, a day',
    { base: '2026-10-24T03:00+02:00', every: '1D', zone: BERLIN },
    '2026-10-24T03:00+02:00',
    '2026-10-25T03:00+01:00',
  ],
  [
    'Berlin in autumn, 24 hours',
    { base: '2026-10-24T03:00+02:00', every: '24h', zone: BERLIN },
    '2026-10-24T03:00+02:00',
    '2026-10-25T02:00+01:00',
  ],
  [
    'Berlin in autumn, a week',
    { base: '2026-10-20T05:28+02:00', every: '1W', zone: BERLIN },
    '2026-10-20T05:28+02:00',
    '2026-10-27T05:28+01:00',
  ],
  [
    'Berlin, a month over the change',
    { base: '2026-03-15T03:00+01:00', every: '1M', zone: BERLIN },
    '2026-03-15T03:00+01:00',
    '2026-04-15T03:00+02:00',
  ],
  [
    'Berlin in autumn, hours go on',
    { base: '2026-10-25T00:00+02:00', every: '4h', zone: BERLIN },
    '2026-10-25T00:00+02:00',
    '2026-10-25T03:00+01:00',
  ],
  [
    'New York in spring, a day',
    { base: '2026-03-07T03:00-05:00', every: '1D', zone: YORK },
    '2026-03-07T03:00-05:00',
    '2026-03-08T03:00-04:00',
  ],
  [
    'New York in spring, 24 hours',
    { base: '2026-03-07T03:00-05:00', every: '24h', zone: YORK },
    '2026-03-07T03:00-05:00',
    '2026-03-08T04:00-04:00',
  ],
  [
    'New York in spring, a time that is skipped',
    { base: '2026-03-07T02:30-05:00', every: '1D', zone: YORK },
    '2026-03-07T02:30-05:00',
    '2026-03-08T03:30-04:00',
  ],
  [
    'New York in autumn, a day',
    { base: '2026-10-31T03:00-04:00', every: '1D', zone: YORK },
    '2026-10-31T03:00-04:00',
    '2026-11-01T03:00-05:00',
  ],
  [
    'New York in autumn, 24 hours',
    { base: '2026-10-31T03:00-04:00', every: '24h', zone: YORK },
    '2026-10-31T03:00-04:00',
    '2026-11-01T02:00-05:00',
  ],
  [
    'Lord Howe in autumn, half an hour',
    { base: '2026-04-04T03:00+11:00', every: '1D', zone: HOWE },
    '2026-04-04T03:00+11:00',
    '2026-04-05T03:00+10:30',
  ],
  [
    'Lord Howe in autumn, 24 hours',
    { base: '2026-04-04T03:00+11:00', every: '24h', zone: HOWE },
    '2026-04-04T03:00+11:00',
    '2026-04-05T02:30+10:30',
  ],
  [
    'Lord Howe in spring, half an hour',
    { base: '2026-10-03T03:00+10:30', every: '1D', zone: HOWE },
    '2026-10-03T03:00+10:30',
    '2026-10-04T03:00+11:00',
  ],
  [
    'Lord Howe in spring, a time that is skipped',
    { base: '2026-10-03T02:15+10:30', every: '1D', zone: HOWE },
    '2026-10-03T02:15+10:30',
    '2026-10-04T02:45+11:00',
  ],
  [
    'Lord Howe in spring, 24 hours',
    { base: '2026-10-03T03:00+10:30', every: '24h', zone: HOWE },
    '2026-10-03T03:00+10:30',
    '2026-10-04T03:30+11:00',
  ],
  [
    'Kolkata in March',
    { base: '2026-03-28T03:00+05:30', every: '1D', zone: KOLKATA },
    '2026-03-28T03:00+05:30',
    '2026-03-29T03:00+05:30',
  ],
  [
    'Kolkata in October',
    { base: '2026-10-24T03:00+05:30', every: '24h', zone: KOLKATA },
    '2026-10-24T03:00+05:30',
    '2026-10-25T03:00+05:30',
  ],
]

t.test('the next planned start follows the rules of the scheduler', async (t) => {
  for (const [name, grid, after, next] of SLOTS) {
    const interval = parseInterval(grid.every)
    if (interval === null) throw new Error(name)
    const slot = nextSlot(
      { baseMs: Date.parse(grid.base), interval, weekdays: grid.days ?? [], zone: grid.zone ?? 'UTC' },
      Date.parse(after),
    )
    t.equal(slot === null ? null : new Date(slot).toISOString(), utc(next), name)
  }
})

t.test('planned starts before the base of a schedule can be drawn too', async (t) => {
  const drawn = (every: string, base: string, from: string, to: string, zone = BERLIN) => {
    const interval = parseInterval(every)
    if (interval === null) throw new Error(every)
    const slots = slotsBetween(
      { baseMs: Date.parse(base), interval, weekdays: [], zone },
      Date.parse(from),
      Date.parse(to),
      100,
    )
    return slots.map((slot) => new Date(slot).toISOString())
  }
  t.same(drawn('1D', '2026-04-10T03:00+02:00', '2026-03-27T12:00Z', '2026-03-30T12:00Z'), [
    utc('2026-03-28T03:00+01:00'),
    utc('2026-03-29T03:00+02:00'),
    utc('2026-03-30T03:00+02:00'),
  ])
  t.same(drawn('6h', '2026-04-10T00:00Z', '2026-04-01T00:00Z', '2026-04-01T12:00Z', 'UTC'), [
    '2026-04-01T06:00:00.000Z',
    '2026-04-01T12:00:00.000Z',
  ])
  t.same(drawn('1M', '2026-06-15T03:00+02:00', '2026-02-20T00:00Z', '2026-04-20T00:00Z'), [
    utc('2026-03-15T03:00+01:00'),
    utc('2026-04-15T03:00+02:00'),
  ])
  t.equal(
    slotsBetween(
      { baseMs: 0, interval: { years: 0, months: 0, days: 0, clockMs: 60_000 }, weekdays: [], zone: null },
      0,
      1e9,
      7,
    ).length,
    7,
  )
})

t.test('a schedule that can never be met plans nothing instead of searching for ever', async (t) => {
  const hourly = {
    baseMs: 0,
    interval: { years: 0, months: 0, days: 0, clockMs: 3_600_000 },
    weekdays: [9],
    zone: 'UTC',
  }
  t.equal(nextSlot(hourly, 0), null)
  t.equal(nextSlot({ ...hourly, interval: { years: 0, months: 0, days: 1, clockMs: 0 } }, 0), null)
  t.equal(nextSlot({ ...hourly, interval: { years: 0, months: 0, days: 1, clockMs: 1 } }, 0), null)
  t.equal(nextSlot({ ...hourly, baseMs: Number.NaN }, 0), null)
})

interface Case {
  readonly runs: readonly Begun[]
  readonly job?: Partial<Job>
  readonly wish?: UserExpectation
  readonly serverWish?: UserExpectation
  readonly schedule?: Partial<DuplicatiSchedule>
  readonly settings?: Record<string, unknown>
  readonly now?: string
}

function judged(given: Case): Expectation {
  const { runs, wish, serverWish, schedule } = given
  const settings = monitoringSettings(aState(given.settings))
  const full: DuplicatiSchedule | null =
    schedule === undefined
      ? null
      : { repeat: '1D', time: null, weekdays: [], zone: BERLIN, readAt: '2026-06-01T00:00:00Z', ...schedule }
  const job = aJob(runs, {
    schedule: full,
    ...given.job,
    overrides: { ...given.job?.overrides, ...(wish === undefined ? {} : { expect: wish }) },
  })
  const server = aServer(serverWish === undefined ? {} : { overrides: { expect: serverWish } })
  return expect(job, server, settings, new Date(given.now ?? '2026-12-31T00:00:00Z'))
}

function every(
  interval: string,
  said: Partial<Extract<UserExpectation, { kind: 'interval' }>> = {},
): UserExpectation {
  return { kind: 'interval', interval, weekdays: [], timeOfDay: null, zone: null, ...said }
}

const workdays = (_: number, weekday: number) => weekday >= 1 && weekday <= 5
const MAY = daily('2026-05-01', 20, '03:00', BERLIN)

type ExpectCase = [name: string, given: Case, due: string | null, source: Expectation['source']]

const EXPECTED: ExpectCase[] = [
  // What the user set.
  [
    'a day at three',
    { runs: ['2026-05-20T03:00+02:00'], wish: every('1D', { timeOfDay: '03:00' }) },
    '2026-05-21T03:00+02:00',
    'user',
  ],
  [
    'a run a little early counts as the planned one',
    { runs: ['2026-05-20T02:20+02:00'], wish: every('1D', { timeOfDay: '03:00' }) },
    '2026-05-21T03:00+02:00',
    'user',
  ],
  [
    'a run by hand in the evening shifts nothing',
    { runs: [...MAY, '2026-05-20T22:00+02:00'], wish: every('1D', { timeOfDay: '03:00' }) },
    '2026-05-21T03:00+02:00',
    'user',
  ],
  [
    'a run by hand shifts nothing without a time of day either',
    { runs: [...MAY, '2026-05-20T22:00+02:00'], wish: every('1D') },
    '2026-05-21T03:00+02:00',
    'user',
  ],
  [
    'with few runs the last one is the measure',
    { runs: ['2026-05-20T22:00+02:00'], wish: every('1D') },
    '2026-05-21T22:00+02:00',
    'user',
  ],
  [
    'workdays skip the weekend',
    {
      runs: ['2026-05-22T03:00+02:00'],
      wish: every('1D', { timeOfDay: '03:00', weekdays: [1, 2, 3, 4, 5] }),
    },
    '2026-05-25T03:00+02:00',
    'user',
  ],
  [
    'seven weekdays are every day',
    {
      runs: ['2026-05-22T03:00+02:00'],
      wish: every('1D', { timeOfDay: '03:00', weekdays: [0, 1, 2, 3, 4, 5, 6] }),
    },
    '2026-05-23T03:00+02:00',
    'user',
  ],
  [
    'another zone',
    { runs: ['2026-05-20T03:00-04:00'], wish: every('1D', { timeOfDay: '03:00', zone: YORK }) },
    '2026-05-21T03:00-04:00',
    'user',
  ],
  [
    'over the change of clocks',
    { runs: ['2026-03-28T03:00+01:00'], wish: every('1D', { timeOfDay: '03:00' }) },
    '2026-03-29T03:00+02:00',
    'user',
  ],
  [
    'over the change in New York',
    { runs: ['2026-10-31T01:30-04:00'], wish: every('1D', { timeOfDay: '01:30', zone: YORK }) },
    '2026-11-01T01:30-04:00',
    'user',
  ],
  [
    'twelve hours',
    { runs: ['2026-05-20T08:00+02:00'], wish: every('12h') },
    '2026-05-20T20:00+02:00',
    'user',
  ],
  [
    'twelve hours by the clock',
    { runs: ['2026-05-20T08:10+02:00'], wish: every('12h', { timeOfDay: '08:00' }) },
    '2026-05-20T20:00+02:00',
    'user',
  ],
  [
    'a week with a run by hand in between',
    {
      runs: [
        ...['04-28', '05-05', '05-12'].map((day) => `2026-${day}T03:00+02:00`),
        '2026-05-15T12:00+02:00',
      ],
      wish: every('1W', { timeOfDay: '03:00' }),
    },
    '2026-05-19T03:00+02:00',
    'user',
  ],
  [
    'a month from its last run',
    { runs: ['2026-01-31T03:00+01:00'], wish: every('1M', { timeOfDay: '03:00' }) },
    '2026-02-28T03:00+01:00',
    'user',
  ],
  ['a year', { runs: ['2026-02-01T03:00+01:00'], wish: every('1Y') }, '2027-02-01T03:00+01:00', 'user'],
  [
    'the wish for a server holds for its jobs',
    { runs: MAY, serverWish: every('2D', { timeOfDay: '03:00' }) },
    '2026-05-22T03:00+02:00',
    'user',
  ],
  [
    'the wish for a job beats that of its server',
    { runs: MAY, wish: every('1W', { timeOfDay: '03:00' }), serverWish: every('1D') },
    '2026-05-27T03:00+02:00',
    'user',
  ],
  ['a wish that cannot be read is said so', { runs: MAY, wish: every('sometimes') }, null, 'broken'],
  [
    'a laptop within three days',
    { runs: ['2026-05-20T09:13+02:00'], wish: { kind: 'within', days: 3 } },
    '2026-05-23T09:13+02:00',
    'user',
  ],
  [
    'a laptop over the change of clocks',
    { runs: ['2026-03-28T09:13+01:00'], wish: { kind: 'within', days: 2 } },
    '2026-03-30T09:13+02:00',
    'user',
  ],
  [
    'a laptop with nonsense for days',
    { runs: ['2026-05-20T09:13+02:00'], wish: { kind: 'within', days: Number.NaN } },
    '2026-05-21T09:13+02:00',
    'user',
  ],
  ['by hand', { runs: MAY, wish: { kind: 'manual' } }, null, 'user'],
  [
    'the user beats an announcement',
    { runs: MAY, job: { nextScheduled: '2026-05-30T01:00:00Z' }, wish: every('1D', { timeOfDay: '03:00' }) },
    '2026-05-21T03:00+02:00',
    'user',
  ],
  // What a report announced.
  [
    'the announced start',
    {
      runs: [{ at: '2026-05-20T03:00+02:00', scheduled: true }],
      job: { nextScheduled: '2026-05-21T01:00:00Z' },
    },
    '2026-05-21T01:00Z',
    'next-scheduled-run',
  ],
  [
    'a run by hand before it shifts nothing',
    {
      runs: [{ at: '2026-05-20T03:00+02:00', scheduled: true }, '2026-05-20T22:00+02:00'],
      job: { nextScheduled: '2026-05-21T01:00:00Z' },
    },
    '2026-05-21T01:00Z',
    'next-scheduled-run',
  ],
  [
    'a run by hand minutes before it shifts nothing',
    {
      runs: [{ at: '2026-05-20T03:00+02:00', scheduled: true }, '2026-05-21T00:55Z'],
      job: { nextScheduled: '2026-05-21T01:00:00Z' },
    },
    '2026-05-21T01:00Z',
    'next-scheduled-run',
  ],
  [
    'after it passed, on by the distance',
    {
      runs: [{ at: '2026-05-20T01:00Z', scheduled: true }, '2026-05-21T09:00Z'],
      job: { nextScheduled: '2026-05-21T01:00:00Z' },
    },
    '2026-05-22T01:00Z',
    'next-scheduled-run',
  ],
  [
    'after it passed, on by the schedule',
    {
      runs: [
        { at: '2026-05-20T01:00Z', scheduled: true, received: '2026-06-05T00:00:00Z' },
        '2026-05-21T09:00Z',
      ],
      job: { nextScheduled: '2026-05-21T01:00:00Z' },
      schedule: { repeat: '1W', time: '2026-05-21T01:00:00Z' },
    },
    '2026-05-28T01:00Z',
    'next-scheduled-run',
  ],
  [
    'a far announcement',
    { runs: [{ at: '2026-05-20T01:00Z', scheduled: true }], job: { nextScheduled: '2026-06-20T01:00:00Z' } },
    '2026-06-20T01:00Z',
    'next-scheduled-run',
  ],
  [
    'an unreadable announcement is none',
    { runs: MAY, job: { nextScheduled: 'soon' } },
    '2026-05-21T03:00+02:00',
    'learned',
  ],
  [
    'an announcement beats what was learned',
    { runs: MAY.map((at) => ({ at, scheduled: true })), job: { nextScheduled: '2026-05-21T04:30:00Z' } },
    '2026-05-21T04:30Z',
    'next-scheduled-run',
  ],
  // The schedule as read.
  [
    'the schedule of Duplicati',
    { runs: ['2026-05-20T03:00+02:00'], schedule: { time: '2026-05-21T01:00:00Z' } },
    '2026-05-21T01:00Z',
    'duplicati-schedule',
  ],
  [
    'a schedule read long ago goes on',
    { runs: MAY, schedule: { time: '2026-04-01T01:00:00Z' } },
    '2026-05-21T03:00+02:00',
    'duplicati-schedule',
  ],
  [
    'a schedule with weekdays',
    { runs: ['2026-05-22T03:00+02:00'], schedule: { time: '2026-05-22T01:00:00Z', weekdays: [1, 3, 5] } },
    '2026-05-25T03:00+02:00',
    'duplicati-schedule',
  ],
  [
    'a schedule in another zone over its change',
    { runs: ['2026-03-07T03:00-05:00'], schedule: { time: '2026-03-07T08:00:00Z', zone: YORK } },
    '2026-03-08T03:00-04:00',
    'duplicati-schedule',
  ],
  ['no schedule is a job by hand', { runs: MAY, schedule: { repeat: null } }, null, 'duplicati-schedule'],
  [
    'a schedule read after the announcement beats it',
    {
      runs: [{ at: '2026-05-20T01:00Z', scheduled: true }],
      job: { nextScheduled: '2026-05-21T01:00:00Z' },
      schedule: { time: '2026-05-21T05:00:00Z' },
    },
    '2026-05-21T05:00Z',
    'duplicati-schedule',
  ],
  [
    'a schedule read before the announcement does not',
    {
      runs: [{ at: '2026-05-20T01:00Z', scheduled: true }],
      job: { nextScheduled: '2026-05-21T01:00:00Z' },
      schedule: { time: '2026-05-21T05:00:00Z', readAt: '2026-05-01T00:00:00Z' },
    },
    '2026-05-21T01:00Z',
    'next-scheduled-run',
  ],
  [
    'an unreadable schedule is none',
    { runs: MAY, schedule: { repeat: 'often' } },
    '2026-05-21T03:00+02:00',
    'learned',
  ],
  [
    'a schedule without a time is none',
    { runs: MAY, schedule: { time: null } },
    '2026-05-21T03:00+02:00',
    'learned',
  ],
  [
    'a schedule of a job that never ran',
    { runs: [], job: { createdAt: '2026-05-20T12:00:00Z' }, schedule: { time: '2026-05-21T01:00:00Z' } },
    '2026-05-21T01:00Z',
    'duplicati-schedule',
  ],
  // What was learned.
  ['daily at three', { runs: MAY }, '2026-05-21T03:00+02:00', 'learned'],
  [
    'daily, with a run by hand',
    { runs: [...MAY, '2026-05-20T19:40+02:00'] },
    '2026-05-21T03:00+02:00',
    'learned',
  ],
  [
    'daily, with several by hand',
    { runs: [...MAY, '2026-05-04T19:40+02:00', '2026-05-11T11:00+02:00', '2026-05-20T23:10+02:00'] },
    '2026-05-21T03:00+02:00',
    'learned',
  ],
  ['daily, one missed', { runs: MAY.filter((_, day) => day !== 12) }, '2026-05-21T03:00+02:00', 'learned'],
  [
    'daily, four missed in a row',
    { runs: MAY.filter((_, day) => day < 8 || day > 11) },
    '2026-05-21T03:00+02:00',
    'learned',
  ],
  [
    'daily over the change of clocks',
    { runs: daily('2026-03-10', 19, '03:00', BERLIN) },
    '2026-03-29T03:00+02:00',
    'learned',
  ],
  [
    'daily in autumn',
    { runs: daily('2026-10-06', 19, '03:30', BERLIN) },
    '2026-10-25T03:30+01:00',
    'learned',
  ],
  [
    'daily by UTC over the change of clocks',
    { runs: daily('2026-03-19', 20, '01:00', 'UTC') },
    '2026-04-08T01:00Z',
    'learned',
  ],
  [
    'daily around midnight',
    {
      runs: daily('2026-05-01', 20, '23:58', BERLIN).map((at, index) =>
        new Date(Date.parse(at) + (index % 5) * 60_000).toISOString(),
      ),
    },
    '2026-05-22T00:00+02:00',
    'learned',
  ],
  [
    'on workdays',
    { runs: daily('2026-05-01', 22, '22:00', BERLIN, workdays) },
    '2026-05-25T22:00+02:00',
    'learned',
  ],
  [
    'on workdays, on a Tuesday',
    { runs: daily('2026-05-01', 19, '22:00', BERLIN, workdays) },
    '2026-05-20T22:00+02:00',
    'learned',
  ],
  [
    'on Mondays and Thursdays',
    { runs: daily('2026-04-01', 50, '22:00', BERLIN, (_, weekday) => weekday === 1 || weekday === 4) },
    '2026-05-21T22:00+02:00',
    'learned',
  ],
  [
    'on Monday, Wednesday, Friday',
    { runs: daily('2026-04-01', 52, '22:00', BERLIN, (_, weekday) => [1, 3, 5].includes(weekday)) },
    '2026-05-25T22:00+02:00',
    'learned',
  ],
  [
    'every week',
    { runs: daily('2026-04-05', 43, '12:00', BERLIN, (day) => day % 7 === 0) },
    '2026-05-24T12:00+02:00',
    'learned',
  ],
  [
    'every week, with a run by hand',
    { runs: [...daily('2026-04-05', 43, '12:00', BERLIN, (day) => day % 7 === 0), '2026-05-19T17:00+02:00'] },
    '2026-05-24T12:00+02:00',
    'learned',
  ],
  [
    'every second week',
    { runs: daily('2026-02-01', 99, '12:00', BERLIN, (day) => day % 14 === 0) },
    '2026-05-24T12:00+02:00',
    'learned',
  ],
  [
    'every third day',
    { runs: daily('2026-05-01', 22, '04:00', BERLIN, (day) => day % 3 === 0) },
    '2026-05-25T04:00+02:00',
    'learned',
  ],
  [
    'every other day',
    { runs: daily('2026-05-01', 21, '04:00', BERLIN, (day) => day % 2 === 0) },
    '2026-05-23T04:00+02:00',
    'learned',
  ],
  [
    'on the first of the month',
    {
      runs: daily('2026-01-01', 140, '04:00', BERLIN).filter(
        (at) => new Date(Date.parse(at) + 7_200_000).getUTCDate() === 1,
      ),
    },
    '2026-06-01T04:00+02:00',
    'learned',
  ],
  ['every four hours', { runs: hours('2026-05-18T00:00Z', 24, 4) }, '2026-05-22T00:00Z', 'learned'],
  [
    'every four hours, with a run by hand',
    { runs: [...hours('2026-05-18T00:00Z', 24, 4), '2026-05-21T21:15Z'] },
    '2026-05-22T00:00Z',
    'learned',
  ],
  [
    'every four hours, two missed',
    { runs: hours('2026-05-18T00:00Z', 24, 4).filter((_, index) => index !== 9 && index !== 15) },
    '2026-05-22T00:00Z',
    'learned',
  ],
  ['every hour', { runs: hours('2026-05-20T00:00Z', 24, 1) }, '2026-05-21T00:00Z', 'learned'],
  ['every half hour', { runs: hours('2026-05-20T00:00Z', 24, 0.5) }, '2026-05-20T12:00Z', 'learned'],
  [
    'twice a day',
    { runs: [...MAY, ...daily('2026-05-01', 20, '15:00', BERLIN)] },
    '2026-05-21T03:00+02:00',
    'learned',
  ],
  [
    'twice a day at unequal times',
    { runs: [...daily('2026-05-01', 20, '08:00', BERLIN), ...daily('2026-05-01', 19, '18:00', BERLIN)] },
    '2026-05-20T18:00+02:00',
    'learned',
  ],
  [
    'three times a day',
    { runs: ['06:00', '12:00', '22:30'].flatMap((time) => daily('2026-05-01', 20, time, BERLIN)) },
    '2026-05-21T06:00+02:00',
    'learned',
  ],
  [
    'a habit that was given up is forgotten',
    { runs: [...MAY, ...daily('2026-05-22', 6, '21:00', BERLIN)] },
    '2026-05-28T21:00+02:00',
    'learned',
  ],
  [
    'failed runs count as begun',
    { runs: MAY.map((at) => ({ at, result: 'error' as const })) },
    '2026-05-21T03:00+02:00',
    'learned',
  ],
  [
    'only runs of the scheduler are learned from',
    { runs: [...MAY.map((at) => ({ at, scheduled: true })), ...daily('2026-05-01', 20, '17:00', BERLIN)] },
    '2026-05-21T03:00+02:00',
    'learned',
  ],
  [
    'a laptop without a rhythm',
    {
      runs: [
        '01T09:12',
        '02T19:44',
        '04T11:02',
        '05T21:35',
        '07T07:51',
        '08T14:20',
        '10T23:01',
        '12T10:40',
      ].map((at) => `2026-05-${at}:00Z`),
    },
    '2026-05-14T19:21Z',
    'learned',
  ],
  // Nothing better is known.
  ['one run', { runs: ['2026-05-20T03:00+02:00'] }, '2026-05-21T03:00+02:00', 'one-day'],
  [
    'one run before the change of clocks',
    { runs: ['2026-03-28T03:00+01:00'] },
    '2026-03-29T03:00+02:00',
    'one-day',
  ],
  [
    'two runs',
    { runs: ['2026-05-10T03:00+02:00', '2026-05-20T03:00+02:00'] },
    '2026-05-21T03:00+02:00',
    'one-day',
  ],
  [
    'three runs without a pattern',
    { runs: ['2026-05-10T03:00Z', '2026-05-11T15:00Z', '2026-05-20T09:00Z'] },
    '2026-05-21T09:00Z',
    'one-day',
  ],
  ['no run', { runs: [] }, null, 'none'],
  // Odd histories.
  [
    'a run from the future counts as begun now',
    { runs: ['2027-08-01T00:00Z'], now: '2026-05-20T12:00:00Z' },
    '2026-05-21T12:00Z',
    'one-day',
  ],
  [
    'after a pause, the first planned run after it',
    { runs: MAY, job: { pausedUntil: '2026-06-10T10:00:00Z' }, now: '2026-06-11T00:00:00Z' },
    '2026-06-11T03:00+02:00',
    'learned',
  ],
  [
    'during a pause nothing is shifted',
    { runs: MAY, job: { pausedUntil: '2026-06-10T10:00:00Z' }, now: '2026-05-21T00:00:00Z' },
    '2026-05-21T03:00+02:00',
    'learned',
  ],
  ['paused for ever', { runs: MAY, job: { pausedUntil: 'forever' } }, '2026-05-21T03:00+02:00', 'learned'],
]

function hours(from: string, count: number, step: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(from) + index * step * 3_600_000).toISOString(),
  )
}

t.test('the next run is due when the best source says', async (t) => {
  for (const [name, given, due, source] of EXPECTED) {
    const judgement = judged(given)
    t.same({ due: judgement.dueAt, source: judgement.source }, { due: utc(due), source }, name)
  }
  t.ok(SLOTS.length + EXPECTED.length >= 120, `${SLOTS.length + EXPECTED.length} cases`)
})

t.test('a run is late when it is due, and overdue after tolerance and usual duration', async (t) => {
  const plain = judged({ runs: MAY })
  t.equal(plain.lateAt, plain.dueAt)
  t.equal(plain.overdueAt, utc('2026-05-21T05:10+02:00'), 'two hours and ten minutes')
  t.equal(
    judged({ runs: MAY, settings: { 'monitoring.tolerance_minutes': 0 } }).overdueAt,
    utc('2026-05-21T03:10+02:00'),
  )
  t.equal(
    judged({ runs: MAY, job: { overrides: { toleranceMinutes: 15 } } }).overdueAt,
    utc('2026-05-21T03:25+02:00'),
  )
  const silent = MAY.map((at) => ({ at, durationS: null }))
  t.equal(judged({ runs: silent }).overdueAt, utc('2026-05-21T05:00+02:00'), 'no duration known')
  const wild = MAY.map((at, index) => ({ at, durationS: index === 19 ? 900_000 : 1200 }))
  t.equal(usualDurationS(aJob(wild)), 1200, 'one endless run is not usual')
  const failing = MAY.map((at, index) => ({
    at,
    durationS: 60,
    result: index > 4 ? ('error' as const) : ('success' as const),
  }))
  t.equal(usualDurationS(aJob(failing)), 60)
  t.equal(
    usualDurationS(aJob([{ at: '2026-05-01T00:00Z', durationS: -5 }])),
    null,
    'a negative length is none',
  )
})

t.test('the reason names how many of the last runs agree and between which times', async (t) => {
  const jitter = daily('2026-05-01', 28, '05:28', BERLIN).map((at, index) =>
    new Date(Date.parse(at) + (index % 7) * 60_000).toISOString(),
  )
  const strays = [...jitter.slice(0, 26), '2026-05-26T19:00+02:00', '2026-05-25T11:00+02:00']
  const { because, dueAt, rhythm, intervalS } = judged({ runs: strays })
  t.equal(dueAt, utc('2026-05-27T05:30+02:00'))
  t.same(because, {
    key: 'because.learned-time',
    values: {
      agree: 26,
      of: 28,
      from: { at: utc('2026-05-27T05:28+02:00'), as: 'time' },
      to: { at: utc('2026-05-27T05:34+02:00'), as: 'time' },
    },
  })
  t.equal(rhythm?.key, 'rhythm.daily')
  t.equal(intervalS, 86_400)
})

t.test('a rhythm has words', async (t) => {
  const words = (given: Case) => judged(given).rhythm?.key ?? null
  t.equal(words({ runs: MAY }), 'rhythm.daily')
  t.equal(words({ runs: daily('2026-05-01', 22, '22:00', BERLIN, workdays) }), 'rhythm.weekdays')
  t.equal(words({ runs: hours('2026-05-18T00:00Z', 24, 4) }), 'rhythm.every')
  t.equal(words({ runs: daily('2026-05-01', 22, '04:00', BERLIN, (day) => day % 3 === 0) }), 'rhythm.days')
  t.equal(words({ runs: daily('2026-02-01', 99, '12:00', BERLIN, (day) => day % 14 === 0) }), 'rhythm.weeks')
  t.equal(
    words({ runs: ['06:00', '12:00', '22:30'].flatMap((time) => daily('2026-05-01', 20, time, BERLIN)) }),
    'rhythm.times-a-day',
  )
  t.equal(
    words({
      runs: [...daily('2026-05-01', 20, '08:00', BERLIN), ...daily('2026-05-01', 19, '18:00', BERLIN)],
    }),
    'rhythm.twice-a-day',
  )
  t.equal(words({ runs: MAY, wish: every('1M') }), 'rhythm.months')
  t.equal(words({ runs: MAY, wish: every('1Y') }), 'rhythm.years')
  t.equal(words({ runs: MAY, wish: every('1M3D') }), 'rhythm.every')
  t.equal(words({ runs: MAY, wish: every('6h', { weekdays: [1] }) }), 'rhythm.every-on')
  t.equal(words({ runs: MAY, wish: { kind: 'within', days: 3 } }), 'rhythm.within')
  t.equal(words({ runs: MAY, wish: { kind: 'manual' } }), 'rhythm.manual')
  t.equal(words({ runs: MAY, schedule: { repeat: null } }), 'rhythm.manual')
  t.equal(words({ runs: ['2026-05-20T03:00Z'] }), null)
})

t.test('a rhythm is worked out once for a job and its settings', async (t) => {
  const settings = monitoringSettings(aState())
  const job = aJob(MAY)
  const server = aServer()
  t.equal(
    rhythmOf(job, server, settings),
    rhythmOf(job, { ...server, lastReportAt: '2026-05-01' } as typeof server, settings),
  )
  t.not(
    rhythmOf(job, server, settings),
    rhythmOf(job, server, monitoringSettings(aState({ 'monitoring.zone': YORK }))),
  )
})

/** How a job runs in the property below: planned begins, and how the product comes to know of them. */
interface Habit {
  readonly name: string
  readonly every: string
  readonly timeOfDay: string | null
  readonly weekdays: readonly number[]
  readonly source: 'user' | 'announced' | 'schedule' | 'learned'
}

function drawHabit(random: Random): Habit {
  const source = random.pick(['user', 'announced', 'schedule', 'learned'] as const)
  const timeOfDay = `${String(random.whole(0, 23)).padStart(2, '0')}:${String(random.whole(0, 59)).padStart(2, '0')}`
  const calendar = { timeOfDay, source }
  const weekdays = [0, 1, 2, 3, 4, 5, 6].filter(() => random.chance(0.6))
  return random.pick<Habit>([
    { ...calendar, name: 'daily', every: '1D', weekdays: [] },
    { ...calendar, name: 'some days', every: '1D', weekdays: weekdays.length < 3 ? [1, 3, 5] : weekdays },
    { ...calendar, name: 'weekly', every: '1W', weekdays: [] },
    { name: 'hours', every: random.pick(['1h', '4h', '6h', '12h']), timeOfDay: null, weekdays: [], source },
  ])
}

t.test('no run within its tolerance is ever called overdue, and no missed one is overlooked', async (t) => {
  const random = seededRandom(2026)
  const checked = { kept: 0, missed: 0 }
  for (let round = 0; round < 60; round += 1) {
    const zone = random.pick([BERLIN, YORK, HOWE, KOLKATA])
    const habit = drawHabit(random)
    const toleranceMinutes = random.pick([30, 60, 120, 240])
    const findings = liveWith(habit, { zone, toleranceMinutes, random, checked })
    t.same(
      findings,
      [],
      `${habit.name} ${habit.every} by ${habit.source} in ${zone}, tolerance ${toleranceMinutes}`,
    )
  }
  t.ok(checked.kept > 2000 && checked.missed > 150, JSON.stringify(checked))
})

function liveWith(
  habit: Habit,
  world: {
    zone: string
    toleranceMinutes: number
    random: Random
    checked: { kept: number; missed: number }
  },
): string[] {
  const { zone, toleranceMinutes, random, checked } = world
  const interval = parseInterval(habit.every)
  if (interval === null) throw new Error(habit.every)
  const [hour = 0, minute = 0] = (habit.timeOfDay ?? '00:00').split(':').map(Number)
  const start = DateTime.fromISO('2026-02-01', { zone }).set({ hour, minute }).toMillis()
  const grid = { baseMs: start, interval, weekdays: habit.weekdays, zone }
  // A rhythm that has to be learned is watched once it had the chance, and over no change of the clocks when it
  // is one of hours, which Duplicati counts in UTC.
  const warmUp = habit.source === 'learned' ? 30 : 3
  const slots = slotsBetween(grid, start - 1, start + 200 * 86_400_000, 90)
  const reports = new Reports(
    aState({ 'monitoring.zone': zone, 'monitoring.tolerance_minutes': toleranceMinutes }),
  )
  const problems: string[] = []
  const jitter = Math.min(toleranceMinutes * 0.9, habit.every.endsWith('h') ? 4 : 60)
  let misses = 0
  for (const [index, slot] of slots.entries()) {
    const next = slots[index + 1]
    if (next === undefined) break
    const gap = index > warmUp && misses === 0 && random.chance(0.12)
    const afterGap = misses > 0
    misses = gap ? 1 : 0
    const lateMs = random.chance(0.3) ? random.between(0, jitter) * 60_000 : random.between(0, 2) * 60_000
    const begin = slot + lateMs
    const arrival = begin + 300_000
    const job = Object.values(reports.state.jobs)[0]
    if (index > warmUp && job !== undefined) {
      const watched = gap ? next : arrival
      const overdueAt = Date.parse(job.expectation?.overdueAt ?? '')
      if (!gap && !afterGap && overdueAt <= watched)
        problems.push(
          `false alarm ${index} at ${new Date(slot).toISOString()} overdue ${job.expectation?.overdueAt} ${job.expectation?.because.key}`,
        )
      if (gap) {
        checked.missed += 1
        // The very moment counts: a sweep at most a minute later finds it.
        const found = sweep(reports.state, new Date(overdueAt + 60_000))
        const silent = Object.values(found.incidents).some((incident) => incident.cause === 'overdue')
        const latest = slot + (toleranceMinutes + jitter + 15) * 60_000
        if (!silent) problems.push(`overlooked ${index} at ${new Date(slot).toISOString()}`)
        if (!(overdueAt <= latest))
          problems.push(`late ${index}: ${job.expectation?.overdueAt} for ${new Date(slot).toISOString()}`)
        if (Object.keys(sweep(reports.state, new Date(overdueAt - 1)).incidents).length > 0)
          problems.push(`early ${index}`)
      } else checked.kept += 1
    }
    if (gap) continue
    const announced = habit.source === 'announced' ? new Date(nextSlot(grid, begin) ?? 0).toISOString() : null
    reports.receive(new Date(begin).toISOString(), {
      durationS: 300,
      end: new Date(arrival).toISOString(),
      received: new Date(arrival).toISOString(),
      nextScheduled: announced,
    })
    // By hand, somewhere in between: shifts nothing.
    const free = next - arrival
    if (random.chance(0.05) && free > 6 * 3_600_000 && habit.source !== 'learned') {
      const hand = arrival + free * random.between(0.2, 0.45)
      reports.receive(new Date(hand).toISOString(), { durationS: 300 })
    }
    if (index === 0) tell(reports, habit, slot, zone)
  }
  return problems
}

/** What the product is told of a job's rhythm: the wish of its owner, or the schedule read from Duplicati. */
function tell(reports: Reports, habit: Habit, slot: number, zone: string): void {
  const [job] = Object.values(reports.state.jobs)
  if (job === undefined) return
  const expectation: UserExpectation = {
    kind: 'interval',
    interval: habit.every,
    weekdays: habit.weekdays,
    timeOfDay: habit.timeOfDay,
    zone,
  }
  const schedule = {
    repeat: habit.every,
    time: new Date(slot).toISOString(),
    weekdays: habit.weekdays,
    zone,
    readAt: '2026-01-01T00:00:00Z',
  }
  const told: Job =
    habit.source === 'user'
      ? { ...job, overrides: { expect: expectation } }
      : habit.source === 'schedule'
        ? { ...job, schedule }
        : job
  reports.state = refreshExpectations(
    { ...reports.state, jobs: { [job.id]: told } },
    new Date(slot + 600_000),
  )
}
