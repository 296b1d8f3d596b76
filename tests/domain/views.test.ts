import t from 'tap'
import { calendarGrid } from '../../src/domain/calendar-grid.ts'
import { jobFigures, thinned } from '../../src/domain/figures.ts'
import type { Job } from '../../src/domain/job.ts'
import { lastKnown } from '../../src/domain/last-known.ts'
import { monitoringSettings } from '../../src/domain/monitoring-settings.ts'
import { overview } from '../../src/domain/overview.ts'
import type { Server } from '../../src/domain/server.ts'
import { strip, stripCounts } from '../../src/domain/strip.ts'
import { sweep } from '../../src/domain/sweep.ts'
import { jobTrends, rangeStart, sumTrends, TREND_METRICS } from '../../src/domain/trends.ts'
import { aState, daily, Reports, type Said } from './given.ts'

const BERLIN = 'Europe/Berlin'

function theJob(reports: Reports): Job {
  const [job] = Object.values(reports.state.jobs)
  if (job === undefined) throw new Error('no job')
  return job
}

function theServer(reports: Reports): Server {
  const [server] = Object.values(reports.state.servers)
  if (server === undefined) throw new Error('no server')
  return server
}

function bars(reports: Reports, now: string): string {
  const signs = { success: 's', warning: 'w', failed: 'F', unknown: 'u', missed: '.' }
  const marks = strip(theJob(reports), theServer(reports), monitoringSettings(reports.state), new Date(now))
  return marks.map((mark) => signs[mark.kind]).join('')
}

function filled(begins: readonly string[], said: (index: number) => Said = () => ({})): Reports {
  const reports = new Reports(aState())
  for (const [index, at] of begins.entries()) reports.receive(at, said(index))
  return reports
}

const without = (list: readonly string[], ...missing: number[]) =>
  list.filter((_, index) => !missing.includes(index))

t.test('a strip shows the last thirty expected runs with those that did not come', async (t) => {
  const DAYS = daily('2026-04-01', 40, '03:00', BERLIN)
  t.equal(bars(filled(DAYS), '2026-05-10T10:00:00Z'), 's'.repeat(30))
  t.equal(bars(filled(without(DAYS, 30, 35, 36)), '2026-05-10T10:00:00Z'), `${'s'.repeat(20)}.ssss..sss`)
  const results = (index: number): Said => {
    if (index === 39) return { result: 'error' }
    if (index === 38) return { result: 'warning' }
    return index === 37 ? { interrupted: true } : index === 36 ? { result: 'unknown' } : {}
  }
  t.equal(bars(filled(DAYS, results), '2026-05-10T10:00:00Z'), `${'s'.repeat(26)}uwwF`)
})

t.test('a run by hand is a bar of its own and fills no gap of another day', async (t) => {
  const days = daily('2026-05-01', 12, '03:00', BERLIN)
  const reports = filled(
    [...without(days, 9), '2026-05-09T20:00:00+02:00'].sort((a, b) => Date.parse(a) - Date.parse(b)),
  )
  t.equal(bars(reports, '2026-05-12T10:00:00Z'), `${'s'.repeat(9)}s.ss`.replace('s.ss', 's.ss'))
})

t.test('a planned run is missed once it is overdue, not before', async (t) => {
  const reports = filled(daily('2026-05-01', 10, '03:00', BERLIN))
  t.equal(bars(reports, '2026-05-11T05:09:00+02:00'), 's'.repeat(10))
  t.equal(bars(reports, '2026-05-11T05:10:00+02:00'), `${'s'.repeat(10)}.`)
  t.equal(bars(reports, '2026-05-13T12:00:00+02:00'), `${'s'.repeat(10)}...`)
})

t.test('weekends of a workday job are no gaps', async (t) => {
  const begins = daily('2026-04-01', 40, '22:00', BERLIN, (_, weekday) => weekday >= 1 && weekday <= 5)
  t.equal(bars(filled(begins), '2026-05-10T10:00:00Z'), 's'.repeat(28))
  t.equal(bars(filled(without(begins, 20)), '2026-05-10T10:00:00Z'), `${'s'.repeat(20)}.${'s'.repeat(7)}`)
})

t.test('a rhythm that was another one before does not fill the past with gaps', async (t) => {
  const weekly = daily('2026-02-01', 57, '03:00', BERLIN, (day) => day % 7 === 0)
  const then = daily('2026-04-01', 25, '03:00', BERLIN)
  t.equal(bars(filled([...weekly, ...then]), '2026-04-25T10:00:00Z').includes('.'), false)
})

t.test('where no rhythm is known a strip has runs only, and is empty without any', async (t) => {
  t.equal(bars(filled(['2026-05-01T01:00:00Z', '2026-05-09T01:00:00Z']), '2026-05-20T00:00:00Z'), 'ss')
  const reports = filled(['2026-05-01T01:00:00Z'])
  const none = { ...theJob(reports), status: { ...theJob(reports).status, recent: [], lastRun: null } }
  t.same(strip(none, theServer(reports), monitoringSettings(reports.state), new Date()), [])
})

t.test('a strip can be counted for its label', async (t) => {
  const reports = filled(daily('2026-05-01', 10, '03:00', BERLIN), (index) =>
    index === 4 ? { result: 'error' } : {},
  )
  const marks = strip(
    theJob(reports),
    theServer(reports),
    monitoringSettings(reports.state),
    new Date('2026-05-12T00:00:00Z'),
  )
  t.same(stripCounts(marks), { success: 9, warning: 0, failed: 1, unknown: 0, missed: 1 })
})

t.test('six months of days stand in weeks, the worst of each day shown', async (t) => {
  const begins = daily('2026-01-01', 130, '03:00', BERLIN)
  const reports = filled(without(begins, 100, 101), (index) => (index === 60 ? { result: 'error' } : {}))
  reports.receive('2026-03-02T12:00:00Z')
  const grid = calendarGrid(
    theJob(reports),
    theServer(reports),
    reports.history,
    monitoringSettings(reports.state),
    new Date('2026-05-10T12:00:00Z'),
    { zone: BERLIN },
  )
  const days = grid.weeks.flat().filter((day) => day !== null)
  t.equal(days.length, 183)
  t.equal(days.at(-1)?.date, '2026-05-10')
  t.equal(days[0]?.date, '2025-11-09')
  t.ok(grid.weeks.every((week) => week.length === 7))
  t.equal(grid.weeks[0]?.[6]?.date, '2025-11-09', 'weeks begin on Monday')
  const of = (date: string) => days.find((day) => day?.date === date)
  t.match(of('2026-03-02'), { kind: 'failed', runs: 2, missed: 0 })
  t.match(of('2026-04-11'), { kind: 'missed', runs: 0, missed: 1, no: null })
  t.match(of('2026-04-12'), { kind: 'missed' })
  t.match(of('2026-04-13'), { kind: 'success', runs: 1 })
  t.match(of('2025-12-31'), { kind: null, runs: 0, missed: 0 })
  t.equal(grid.runs, 129)
  t.equal(grid.goodShare, 128 / 129)
  t.match(grid.longestGap, { seconds: 3 * 86_400, untilNow: false })
})

t.test('a day of the calendar is a day where the reader is', async (t) => {
  const reports = filled(['2026-05-09T22:30:00Z'])
  const shown = (zone: string, firstWeekday = 1) => {
    const grid = calendarGrid(
      theJob(reports),
      theServer(reports),
      reports.history,
      monitoringSettings(reports.state),
      new Date('2026-05-10T12:00:00Z'),
      { zone, firstWeekday },
    )
    return grid.weeks.flat().find((day) => day?.runs === 1)?.date
  }
  t.equal(shown(BERLIN), '2026-05-10')
  t.equal(shown('America/New_York', 0), '2026-05-09')
})

t.test('a calendar without runs is empty, and one that is silent says since when', async (t) => {
  const reports = filled(daily('2026-05-01', 5, '03:00', BERLIN))
  const settings = monitoringSettings(reports.state)
  const silent = calendarGrid(
    theJob(reports),
    theServer(reports),
    reports.history,
    settings,
    new Date('2026-05-10T01:00:00Z'),
  )
  t.match(silent.longestGap, { untilNow: true, seconds: 5 * 86_400 })
  const none = { ...theJob(reports), id: 'job_none', expectation: null }
  const empty = calendarGrid(
    none,
    theServer(reports),
    reports.history,
    settings,
    new Date('2026-05-10T01:00:00Z'),
  )
  t.match(empty, { runs: 0, goodShare: null, longestGap: null })
})

const GB = 1_000_000_000

t.test('the figures of a job are rates, medians and trends of ninety days', async (t) => {
  const quota = {
    totalBytes: 400 * GB,
    freeBytes: 120 * GB,
    assignedBytes: null,
    nearlyFull: false,
    full: false,
  }
  const reports = filled(daily('2026-01-01', 120, '03:00', BERLIN), (index) => ({
    result: index === 119 ? 'error' : 'success',
    durationS: index === 50 ? 90_000 : 7_800,
    quota: index === 119 ? null : quota,
    figures: {
      sourceBytes: index === 119 ? 0 : (100 + index) * GB,
      storedBytes: (200 + 2 * index) * GB,
      uploadedBytes: 2 * GB,
      versions: 24,
    },
  }))
  const now = new Date('2026-04-30T12:00:00Z')
  const figures = jobFigures(theJob(reports), reports.history, now)
  t.match(figures, {
    runs90: 90,
    successShare: 89 / 90,
    usualDurationS: 7_800,
    usualUploadedBytes: 2 * GB,
    versions: 24,
    freeBytes: 120 * GB,
    quotaBytes: 400 * GB,
  })
  t.equal(figures.sourceBytes, 218 * GB, 'a failed run says nothing of what is there')
  t.ok(Math.abs((figures.sourceGrowthBytes ?? 0) - 30 * GB) < GB / 5, `${figures.sourceGrowthBytes}`)
  t.ok(Math.abs((figures.storedGrowthBytes ?? 0) - 60 * GB) < GB / 2)
  t.match(figures.fullAt, /^2026-06-2[89]|^2026-06-30/)
})

t.test('what does not grow is never full, and what is not known is not guessed', async (t) => {
  const quota = {
    totalBytes: null,
    freeBytes: 500 * GB,
    assignedBytes: 210 * GB,
    nearlyFull: false,
    full: false,
  }
  const still = filled(daily('2026-04-01', 20, '03:00', BERLIN), () => ({
    quota,
    figures: { storedBytes: 200 * GB },
  }))
  const figures = jobFigures(theJob(still), still.history, new Date('2026-04-30T12:00:00Z'))
  t.match(figures, { storedGrowthBytes: 0, fullAt: null, freeBytes: 10 * GB, quotaBytes: null })
  const blind = filled(['2026-04-01T00:00:00Z'], () => ({
    figures: { storedBytes: null, sourceBytes: null, versions: null },
  }))
  t.match(jobFigures(theJob(blind), blind.history, new Date('2026-04-02T00:00:00Z')), {
    storedBytes: null,
    sourceBytes: null,
    versions: null,
    storedGrowthBytes: null,
    freeBytes: null,
    fullAt: null,
  })
  t.match(jobFigures({ ...theJob(blind), id: 'job_none' }, blind.history, new Date('2026-04-02T00:00:00Z')), {
    runs90: 0,
    successShare: null,
  })
  t.equal(lastKnown(theJob(blind), 'sourceBytes'), null)
})

t.test('the trends of a job have a point for each run that told', async (t) => {
  const reports = filled(daily('2026-01-01', 100, '03:00', BERLIN), (index) => ({
    figures: { uploadedBytes: index % 2 === 0 ? index : null },
  }))
  const now = new Date('2026-04-10T12:00:00Z')
  const week = jobTrends(theJob(reports).id, reports.history, '1w', now)
  t.equal(week.source.length, 7)
  t.equal(jobTrends(theJob(reports).id, reports.history, '3m', now).source.length, 91)
  const all = jobTrends(theJob(reports).id, reports.history, 'all', now)
  t.equal(all.uploaded.length, 50)
  t.same(all.uploaded.at(-1), [Date.parse('2026-04-09T03:00:00+02:00'), 98])
  t.same(Object.keys(all).sort(), [...TREND_METRICS].sort())
  t.equal(rangeStart('all', now), 0)
  t.same(thinned([1, 2, 3, 4, 5, 6, 7], 3), [1, 4, 7])
})

t.test('sums over jobs carry on what each told last, and add up what was sent in the span', async (t) => {
  const reports = new Reports(aState())
  const other = { identity: { backupId: 'DB-2', backupName: 'Music' } }
  reports.receive('2026-05-01T01:00:00Z', { figures: { sourceBytes: 10, uploadedBytes: 1 } })
  reports.receive('2026-05-01T02:00:00Z', { ...other, figures: { sourceBytes: 100, uploadedBytes: 5 } })
  reports.receive('2026-05-03T01:00:00Z', { figures: { sourceBytes: 20, uploadedBytes: 2 } })
  reports.receive('2026-05-03T05:00:00Z', { figures: { sourceBytes: null, uploadedBytes: 3 } })
  const ids = Object.keys(reports.state.jobs)
  const sums = sumTrends(ids, reports.history, '1m', new Date('2026-05-04T12:00:00Z'), 'UTC')
  t.same(
    sums.source.map(([, value]) => value),
    [110, 110, 120, 120],
  )
  t.same(
    sums.uploaded.map(([, value]) => value),
    [6, 0, 5, 0],
  )
  const short = sumTrends(ids, reports.history, '1w', new Date('2026-05-09T12:00:00Z'), 'UTC')
  t.equal(short.source[0]?.[1], 110, 'what stood before the range is known')
  t.equal(short.uploaded[0]?.[1], 0, 'and what was sent before it is not counted')
  t.same(sumTrends([], reports.history, '1y', new Date('2026-05-04T12:00:00Z'), 'UTC').source, [])
})

/** Four machines as in the pictures: one silent job, one failing, one with warnings, others well. */
function house(): Reports {
  const reports = new Reports(aState({ 'notices.ntfy.enabled': true }))
  const machine = (name: string, job: string, said: Said = {}): Said => ({
    ...said,
    identity: { machineId: `m-${name}`, machineName: name, backupId: `DB-${job}`, backupName: job },
  })
  for (const [index, at] of daily('2026-05-01', 20, '03:00', BERLIN).entries()) {
    if (index < 17)
      reports.receive(
        at,
        machine('NAS', 'Photos', {
          figures: { sourceBytes: 1000, storedBytes: 2000, uploadedBytes: 7, versions: 24 },
        }),
      )
    reports.receive(
      at,
      machine('NAS', 'Documents', { figures: { sourceBytes: 100, storedBytes: 200, uploadedBytes: 3 } }),
    )
    reports.receive(
      at,
      machine('Laptop', 'Home', index === 19 ? { result: 'error', firstErrors: ['missing'] } : {}),
    )
    reports.receive(
      at,
      machine(
        'homeassistant',
        'Frigate',
        index === 19 ? { result: 'warning', warnings: 14, firstWarnings: ['locked'] } : {},
      ),
    )
    reports.receive(at, machine('vps', 'Mail'))
  }
  return reports
}

const NOW = new Date('2026-05-20T12:00:00+02:00')

t.test('the overview says in a sentence whether all is well', async (t) => {
  const empty = overview(aState(), new Reports(aState()).history, NOW)
  t.match(empty, {
    sentence: { key: 'overview.nothing-yet' },
    jobs: 0,
    worst: 'new',
    attention: [],
    lastReport: null,
  })
  const well = filled(daily('2026-05-01', 20, '03:00', BERLIN))
  t.match(overview(well.state, well.history, NOW), {
    sentence: { key: 'overview.all-well', values: { jobs: 1 } },
    worst: 'ok',
    healthy: 1,
  })
  const reports = house()
  t.match(overview(reports.state, reports.history, NOW), {
    sentence: { key: 'overview.attention', values: { count: 3 } },
    detail: { key: 'overview.detail', values: { healthy: 2, troubled: 3, server: 'homeassistant' } },
    worst: 'failed',
    jobs: 5,
    healthy: 2,
    counts: { ok: 2, failed: 1, overdue: 1, warning: 1, late: 0 },
  })
})

t.test('what needs attention stands worst first, with its reason and the next thing to do', async (t) => {
  const reports = house()
  const { attention } = overview(reports.state, reports.history, NOW)
  t.same(
    attention.map((item) => [item.state, item.row?.job.name, item.because.key, item.action]),
    [
      ['failed', 'Home', 'incident.failed.reason', 'view-log'],
      ['overdue', 'Photos', 'because.overdue-versions', 'run-now'],
      ['warning', 'Frigate', 'incident.warning.reason', 'view-log'],
    ],
  )
  t.ok(attention.every((item) => !item.acknowledged))
  t.match(attention[0]?.incidentIds, [/^inc_/])
})

t.test('rows are grouped by server and sorted by name, with totals and thirty days of them', async (t) => {
  const reports = house()
  const shown = overview(reports.state, reports.history, NOW)
  t.same(
    shown.servers.map((row) => [row.server.name, row.state, row.jobs.map((job) => job.job.name)]),
    [
      ['homeassistant', 'warning', ['Frigate']],
      ['Laptop', 'failed', ['Home']],
      ['NAS', 'overdue', ['Documents', 'Photos']],
      ['vps', 'ok', ['Mail']],
    ],
  )
  const { totals } = shown
  t.equal(totals.runs, 97)
  t.equal(totals.servers, 4)
  t.equal(totals.sourceBytes.now, 1100 + 3e9)
  t.equal(totals.sourceBytes.days.length, 30)
  t.equal(totals.sourceBytes.days.at(-1), totals.sourceBytes.now)
  t.equal(totals.uploadedBytes.now, 17 * 7 + 20 * 3 + 60 * 1e7)
  t.equal(totals.uploadedBytes.days[0], 0)
  t.equal(shown.lastReport?.server.name, 'homeassistant')
  const photos = shown.servers[2]?.jobs[1]
  t.match(photos, { versions: 24, durationS: 600, usualDurationS: 600, dueAt: '2026-05-18T01:00:00.000Z' })
  t.equal(photos?.strip.length, 20)
})

t.test('a job that runs often takes its thirty days from history', async (t) => {
  const reports = new Reports(aState())
  const first = Date.parse('2026-04-10T00:00:00Z')
  for (let n = 0; n < 200; n += 1)
    reports.receive(new Date(first + n * 4 * 3_600_000).toISOString(), { figures: { uploadedBytes: 1 } })
  const now = new Date('2026-05-13T12:00:00Z')
  t.equal(
    overview(reports.state, reports.history, now).totals.uploadedBytes.now,
    29 * 6 + 2,
    'from midnight in Berlin',
  )
})

t.test('a silent server is one thing to look at, and an odd run another', async (t) => {
  const reports = house()
  const later = new Date('2026-05-21T12:00:00+02:00')
  reports.state = sweep(reports.state, later)
  const { attention } = overview(reports.state, reports.history, later)
  const silent = attention.find((item) => item.kind === 'server-silent')
  t.match(silent, {
    state: 'overdue',
    row: null,
    action: 'check-server',
    because: { key: 'incident.server-silent' },
  })
  t.equal(silent?.jobIds.length, 2)
  t.equal(attention.filter((item) => item.server.name === 'NAS').length, 1)
  const odd = filled(daily('2026-05-01', 20, '03:00', BERLIN), (index) => ({
    figures: { sourceFiles: index === 19 ? 0 : 500 },
  }))
  const shown = overview(odd.state, odd.history, NOW)
  t.match(shown.attention, [
    { state: 'warning', because: { key: 'incident.anomaly.fewer-files' }, action: 'view-run', also: [] },
  ])
  t.match(shown, { healthy: 0, counts: { ok: 1 } })
})

t.test('a machine with a known name is a question', async (t) => {
  const reports = filled(daily('2026-05-01', 20, '03:00', BERLIN))
  reports.receive('2026-05-20T03:00:00Z', { identity: { machineId: 'm-2' } })
  const shown = overview(reports.state, reports.history, NOW)
  t.match(shown.attention, [{ kind: 'same-machine', action: 'answer' }])
  t.equal(shown.sentence.key, 'overview.question')
})

t.test('what is archived is left out', async (t) => {
  const reports = house()
  const servers = Object.fromEntries(
    Object.values(reports.state.servers).map((server) => [
      server.id,
      server.name === 'NAS' ? { ...server, archivedAt: NOW.toISOString() } : server,
    ]),
  )
  t.equal(overview({ ...reports.state, servers }, reports.history, NOW).jobs, 3)
  const jobs = Object.fromEntries(
    Object.values(reports.state.jobs).map((job) => [
      job.id,
      job.name === 'Home' ? { ...job, archivedAt: NOW.toISOString() } : job,
    ]),
  )
  const shown = overview({ ...reports.state, jobs }, reports.history, NOW)
  t.equal(shown.jobs, 4)
  t.equal(shown.servers.find((row) => row.server.name === 'Laptop')?.state, 'new')
})
