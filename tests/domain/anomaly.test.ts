import t from 'tap'
import { type Anomaly, anomaliesNow, anomaliesOf, usualSince } from '../../src/domain/anomaly.ts'
import { markExpected } from '../../src/domain/anomaly-incident.ts'
import type { RecentRun } from '../../src/domain/job.ts'
import { aJob, aServer, aState, daily, Reports } from './given.ts'

const DAYS = daily('2026-04-01', 40, '03:00', 'UTC')
const GB = 1_000_000_000

/** Runs with figures that wobble a little, then the given last ones. */
function kinds(
  last: Partial<RecentRun> | readonly Partial<RecentRun>[],
  usual: Partial<RecentRun> = {},
  count = 20,
): Anomaly['kind'][] {
  const tail = Array.isArray(last) ? last : [last]
  const runs = DAYS.slice(0, count).map((at, index) => ({
    at,
    sourceBytes: 100 * GB + (index % 5) * GB,
    sourceFiles: 10_000 + (index % 7) * 20,
    uploadedBytes: 50_000_000 + (index % 3) * 10_000_000,
    versions: 24,
    durationS: 3600 + (index % 4) * 120,
    ...usual,
  }))
  const base = runs[0]
  if (base === undefined) throw new Error('no runs')
  const ends = tail.map((one, index) => ({ ...base, ...one, at: DAYS[count + index] ?? '' }))
  return anomaliesOf(aJob([...runs, ...ends]), aServer()).map((anomaly) => anomaly.kind)
}

t.test('a run like the others is not odd', async (t) => {
  t.same(kinds({}), [])
  t.same(
    kinds({
      sourceBytes: 112 * GB,
      sourceFiles: 11_000,
      durationS: 5000,
      uploadedBytes: 9 * GB,
      versions: 23,
    }),
    [],
  )
})

t.test('a source that lost a good part of its bytes or files is pointed out', async (t) => {
  t.same(kinds({ sourceBytes: 62 * GB }), ['smaller-source'])
  t.same(kinds({ sourceFiles: 5_000 }), ['fewer-files'])
  t.same(kinds({ sourceBytes: 0, sourceFiles: 0 }), ['smaller-source', 'fewer-files'])
  t.same(kinds({ sourceBytes: 90 * GB, sourceFiles: 9_000 }), [], 'a tenth is nothing')
})

t.test('small jobs and wild ones do not cry', async (t) => {
  const tiny = { sourceBytes: 40_000_000, sourceFiles: 20 }
  t.same(kinds({ ...tiny, sourceBytes: 2_000_000, sourceFiles: 2 }, tiny), [])
  t.same(kinds({ ...tiny, sourceFiles: 0 }, tiny), ['fewer-files'], 'nothing at all is worth a word')
  const runs = DAYS.slice(0, 20).map((at, index) => ({ at, sourceBytes: (index % 2 === 0 ? 20 : 100) * GB }))
  t.same(anomaliesOf(aJob([...runs, { at: DAYS[20] ?? '', sourceBytes: 20 * GB }]), aServer()), [])
})

t.test('versions that vanish are pointed out, retention taking a few is not', async (t) => {
  t.same(kinds({ versions: 0 }), ['no-versions'])
  t.same(kinds({ versions: 4 }), ['fewer-versions'])
  t.same(kinds({ versions: 20 }), [])
  t.same(kinds([{ versions: 4 }, { versions: 5 }]), ['fewer-versions'], 'and not healed by one new version')
  t.same(
    kinds(Array.from({ length: 8 }, (_, n) => ({ versions: 4 + n }))),
    [],
    'after a while it is as it is',
  )
  t.same(kinds({ versions: 1 }, { versions: 3 }), [])
  t.same(kinds({ versions: null }), [])
})

t.test('a source that always changed and is still is pointed out', async (t) => {
  const still = (count: number) => Array.from({ length: count }, () => ({ uploadedBytes: 0 }))
  t.same(kinds(still(4)), [])
  t.same(kinds(still(5)), ['no-change'])
  t.same(kinds(still(6), { uploadedBytes: 0 }), [], 'one that never changes is not')
  t.same(
    kinds([...still(4), { uploadedBytes: 5 }, ...still(7)]),
    [],
    'one that has been still before gets longer',
  )
  t.same(kinds([...still(4), { uploadedBytes: 5 }, ...still(9)]), ['no-change'])
  t.same(kinds(still(5), {}, 8), [], 'with little to compare')
  t.same(kinds(Array.from({ length: 6 }, () => ({ uploadedBytes: null }))), [])
})

t.test('a run that takes many times as long is pointed out', async (t) => {
  t.same(kinds({ durationS: 4 * 3600 }), ['slower'])
  t.same(kinds({ durationS: 2 * 3600 }), [])
  t.same(kinds({ durationS: 600 }, { durationS: 60 }), [], 'minutes are not worth a word')
})

t.test('a new job is learned first, and only good newest runs are looked at', async (t) => {
  t.same(kinds({ sourceBytes: 0 }, {}, 5), [])
  t.same(kinds({ sourceBytes: 0, result: 'error' }), [])
  t.same(kinds({ sourceBytes: 0, result: 'warning', interrupted: true }), [])
  t.same(anomaliesOf(aJob([]), aServer()), [])
  t.same(kinds({ sourceBytes: null, sourceFiles: null, durationS: null }), [])
})

t.test('what is odd opens one incident with what is usual, and closes when it is usual again', async (t) => {
  const reports = new Reports(aState({ 'notices.ntfy.enabled': true }))
  for (const at of DAYS.slice(0, 20)) reports.receive(at, { figures: { sourceBytes: 100 * GB } })
  reports.receive(DAYS[20] ?? '', { figures: { sourceBytes: 60 * GB } })
  const [incident] = Object.values(reports.state.incidents)
  t.match(incident, {
    cause: 'anomaly',
    severity: 'warning',
    because: {
      key: 'incident.anomaly.smaller-source',
      values: {
        job: 'Photos',
        server: 'NAS',
        usual: { bytes: 100 * GB },
        now: { bytes: 60 * GB },
        percent: 40,
      },
    },
  })
  t.equal(Object.values(reports.state.notices).length, 1)
  const both = { figures: { sourceBytes: 60 * GB, sourceFiles: 10 } }
  reports.receive(DAYS[21] ?? '', both)
  t.equal(Object.values(reports.state.incidents)[0]?.because.key, 'incident.anomaly.two')
  reports.receive(DAYS[22] ?? '', { figures: { sourceBytes: 100 * GB } })
  t.same(reports.state.incidents, {})
})

t.test('a shrunken source that stays becomes the usual one', async (t) => {
  const reports = new Reports(aState())
  for (const at of DAYS.slice(0, 20)) reports.receive(at, { figures: { sourceBytes: 100 * GB } })
  let open = 0
  for (const at of DAYS.slice(20)) {
    reports.receive(at, { figures: { sourceBytes: 60 * GB } })
    open += Object.keys(reports.state.incidents).length
  }
  t.ok(open >= 8 && open <= 12, `${open} runs`)
  t.same(reports.state.incidents, {})
})

t.test('someone who says that it is right makes it the usual', async (t) => {
  const reports = new Reports(aState())
  for (const at of DAYS.slice(0, 20)) reports.receive(at, { figures: { sourceBytes: 100 * GB } })
  reports.receive(DAYS[20] ?? '', { figures: { sourceBytes: 60 * GB } })
  const [incident] = Object.values(reports.state.incidents)
  reports.state = markExpected(reports.state, incident?.id ?? '', new Date(DAYS[20] ?? ''))
  t.same(reports.state.incidents, {})
  for (const at of DAYS.slice(21, 30)) reports.receive(at, { figures: { sourceBytes: 60 * GB } })
  t.same(reports.state.incidents, {})
  const [job] = Object.values(reports.state.jobs)
  const [server] = Object.values(reports.state.servers)
  if (job === undefined || server === undefined) throw new Error('nothing')
  t.same(anomaliesNow(reports.state, job, server), [])
  t.not(anomaliesOf(job, server).length, 0, 'it would be odd without that word')
  t.throws(() => markExpected(reports.state, 'inc_x', new Date()), { code: 'not-found' })
  t.equal(usualSince({ job_1: 7 }, 'job_1'), null)
})

t.test('looking for oddities can be switched off', async (t) => {
  const reports = new Reports(aState({ 'monitoring.anomalies': false }))
  for (const at of DAYS.slice(0, 20)) reports.receive(at, { figures: { sourceBytes: 100 * GB } })
  reports.receive(DAYS[20] ?? '', { figures: { sourceBytes: 0 } })
  t.same(reports.state.incidents, {})
})
