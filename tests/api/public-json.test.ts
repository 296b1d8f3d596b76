import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import { exposition, labelText } from '../../src/web/api/exposition.ts'
import { ROUTES } from '../../src/web/routes.ts'
import { benchCast, demoReports } from '../support/generator.ts'
import { misfits } from '../support/json-schema.ts'
import { seededRandom } from '../support/random.ts'
import { backupReport, type PlannedRun, type ReportDocument } from '../support/report-document.ts'
import { type SmallHouse, smallHouse } from '../support/small-house.ts'

const DOCUMENT = JSON.parse(
  readFileSync(new URL('../../src/web/api/openapi.json', import.meta.url), 'utf8'),
) as { paths: Record<string, Record<string, { responses: Record<string, Described> }>> }

interface Described {
  readonly content: Record<string, { readonly schema: unknown }>
}

const START = Date.now()
const full = await smallHouse({ days: 12 })
const empty = await smallHouse({ days: 0 })
t.teardown(async () => {
  await full.close()
  await empty.close()
})

t.test('every route of the API is described, and every described path is a route', async (t) => {
  const routed = ROUTES.filter(({ path }) => /^\/(api\/(?!upload\/|live\/)|healthz|metrics)/.test(path))
    .filter(({ method, path }) => method === 'GET' || !path.includes(':'))
    .map(({ path }) => path.replace(/:(\w+)/g, '{$1}'))
  t.same([...new Set(routed)].sort(), Object.keys(DOCUMENT.paths).sort())
})

t.test('every answer is as the OpenAPI document describes it', async (t) => {
  const { jobs } = await json<{ jobs: { id: string; server: string; last_run_id: string }[] }>(
    full,
    '/api/v1/jobs',
  )
  t.equal(jobs.length, 8)
  const requests: [path: string, described: string, status: number][] = [
    ...simplePaths().map((path) => [path, path, 200] as [string, string, number]),
    ['/api/lastbackup/NAS', '/api/lastbackup/{idOrName}', 200],
    ['/api/lastbackup/nobody', '/api/lastbackup/{idOrName}', 404],
    ['/api/lastbackups/vps-frankfurt', '/api/lastbackups/{idOrName}', 200],
    ['/api/lastbackups/nobody', '/api/lastbackups/{idOrName}', 404],
    ['/api/v1/jobs/job_none/runs', '/api/v1/jobs/{id}/runs', 404],
    ['/api/v1/jobs/__proto__/runs', '/api/v1/jobs/{id}/runs', 404],
    [`/api/v1/jobs/${jobs[0]?.id}/runs?page=0`, '/api/v1/jobs/{id}/runs', 400],
    [`/api/v1/jobs/${jobs[0]?.id}/runs?per_page=501`, '/api/v1/jobs/{id}/runs', 400],
    [`/api/v1/jobs/${jobs[0]?.id}/runs?per_page=1e2`, '/api/v1/jobs/{id}/runs', 400],
    ['/api/v1/runs/run_zzzzzz', '/api/v1/runs/{id}', 404],
    ['/api/v1/runs/..%2f..%2fdb.json', '/api/v1/runs/{id}', 404],
    ...jobs.flatMap(({ id, last_run_id }): [string, string, number][] => [
      [`/api/v1/jobs/${id}/runs`, '/api/v1/jobs/{id}/runs', 200],
      [`/api/v1/runs/${last_run_id}`, '/api/v1/runs/{id}', 200],
      [`/api/v1/runs/${last_run_id}?log=1`, '/api/v1/runs/{id}', 200],
    ]),
  ]
  for (const [path, described, status] of requests) await fits(t, full, path, described, status)
  for (const path of simplePaths()) await fits(t, empty, path, path, 200)
})

t.test('a badge says how all of it or a part stands, in words that stay words', async (t) => {
  const picture = async (query: string) => {
    const answer = await full.get(`/api/v1/badge.svg${query}`)
    t.match(answer.headers.get('content-type'), 'image/svg+xml', query)
    return answer.text()
  }
  t.match(await picture(''), /aria-label="duplistatus: \d jobs need attention"/)
  t.match(await picture('?server=vps-frankfurt'), 'aria-label="vps-frankfurt: All good"')
  const { jobs } = full.app.house.store.state()
  const mail = Object.values(jobs).find((job) => job.name === 'Mail')
  t.match(await picture(`?job=${mail?.id}`), 'aria-label="Mail: OK"')
  for (const query of ['?job=nothing', '?server=__proto__', '?tag=<b>'])
    t.equal((await full.get(`/api/v1/badge.svg${query}`)).status, 404, query)
  await full.app.house.store.change((state) => ({
    ...state,
    jobs: { ...state.jobs, [mail?.id ?? '']: { ...mail, name: '"><script>\u0001&' } as Job },
  }))
  t.match(await picture(`?job=${mail?.id}`), '<title>&quot;&gt;&lt;script&gt; &amp;: OK</title>')
  await full.app.house.store.change((state) => ({ ...state, jobs }))
})

t.test('nothing is null in the flat answers, with history and without', async (t) => {
  for (const house of [full, empty]) {
    t.same(nulls(await json(house, '/api/v1/summary')), [])
    t.same(nulls(await json(house, '/api/v1/jobs')), [])
  }
  t.match(await json(empty, '/api/v1/summary'), {
    status: 'ok',
    jobs: 0,
    last_backup: '',
    last_backup_text: 'never',
    seconds_since_last: 0,
  })
})

t.test('before the first report the reference summary is zeros and an unknown age', async (t) => {
  t.same(await json(empty, '/api/summary'), {
    totalServers: 0,
    totalBackupsRuns: 0,
    totalBackups: 0,
    totalUploadedSize: 0,
    totalStorageUsed: 0,
    totalBackupSize: 0,
    overdueBackupsCount: 0,
    secondsSinceLastBackup: null,
  })
})

t.test('the reference summary counts every job with what it last told', async (t) => {
  const found = await json<Record<string, number>>(full, '/api/summary')
  const { jobs } = await json<{ jobs: Record<string, number>[] }>(full, '/api/v1/jobs')
  const sum = (name: string) => jobs.reduce((total, job) => total + (job[name] ?? 0), 0)
  const since = Date.now() - 12 * 86_400_000
  const backups = demoReports({ now: new Date(), zone: 'UTC' })
    .filter((one) => one.received.getTime() >= since)
    .filter((one) => one.document.Data['MainOperation'] === 'Backup')
  t.match(found, {
    totalServers: 4,
    totalBackups: 8,
    totalBackupSize: sum('source_bytes'),
    totalStorageUsed: sum('stored_bytes'),
    overdueBackupsCount: 1,
  })
  t.ok(sum('source_bytes') > 2e12, 'a job whose newest run failed keeps its size')
  t.ok(Math.abs((found['totalBackupsRuns'] ?? 0) - backups.length) <= 2)
  t.ok((found['secondsSinceLastBackup'] ?? -1) >= 38 * 60)
})

t.test('a restore or a dry run changes no total', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  t.equal((await house.report(backupReport(planned({})))).status, 200)
  const before = await json<Record<string, number>>(house, '/api/summary')
  const restore = changed(backupReport(planned({ begin: minutesAgo(20) })), { MainOperation: 'Restore' })
  const dryRun = changed(backupReport(planned({ begin: minutesAgo(10) })), { Dryrun: true })
  t.equal((await house.report(restore)).status, 200)
  t.equal((await house.report(dryRun)).status, 200)
  const after = await json<Record<string, number>>(house, '/api/summary')
  t.same({ ...after, secondsSinceLastBackup: 0 }, { ...before, secondsSinceLastBackup: 0 })
  const last = await json<{ latest_backup: { date: string } }>(house, '/api/lastbackup/server-01')
  t.equal(last.latest_backup.date.slice(0, 19), minutesAgo(60).toISOString().slice(0, 19))
})

t.test(
  'the newest backup of a server is found by machine id, our id and name, and says what was reported',
  async (t) => {
    const house = await smallHouse({ days: 0 })
    t.teardown(() => house.close())
    const plan = planned({ warnings: ['A file is locked'], result: 'Warning', durationS: 3725.5 })
    await house.report(backupReport(plan))
    const { servers } = await json<{ servers: { id: string; machine_id: string }[] }>(
      house,
      '/api/v1/servers',
    )
    for (const name of [plan.machine.id, servers[0]?.id ?? '', plan.machine.name]) {
      const answer = await house.get(`/api/lastbackup/${encodeURIComponent(name)}`)
      t.equal(answer.status, 200)
      t.match(answer.headers.get('cache-control'), /no-store/)
      const { server, latest_backup, status } = (await answer.json()) as LastBackup
      t.equal(status, 200)
      t.match(server, { id: plan.machine.id, name: plan.machine.name })
      t.match(latest_backup, {
        server_id: plan.machine.id,
        name: plan.job.name,
        date: plan.begin.toISOString(),
        status: 'Warning',
        warnings: 1,
        errors: 0,
        fileCount: plan.sourceFiles,
        fileSize: plan.sourceBytes,
        uploadedSize: plan.uploadedBytes,
        knownFileSize: plan.storedBytes,
        duration: '01:02:05',
        duration_seconds: 3725.5,
        durationInMinutes: 3725.5 / 60,
        errors_array: null,
      })
      const lines = JSON.parse(latest_backup?.messages_array ?? '') as string[]
      t.ok(
        lines.some((line) =>
          /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+00 - \[Information-Duplicati\..+\]: /.test(line),
        ),
      )
      t.match(JSON.parse(latest_backup?.warnings_array ?? ''), [/A file is locked/])
    }
  },
)

t.test('versions that the log names are listed newest first, without this run', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const before = [3, 2, 1].map((days) => new Date(Date.UTC(2026, 0, 10 - days, 4)))
  const newestFirst = [...before].reverse()
  await house.report(
    backupReport(planned({ versionsBefore: newestFirst, versionsDeleted: newestFirst.slice(-1) })),
  )
  const { latest_backup } = await json<LastBackup>(house, '/api/lastbackup/server-01')
  t.same(
    latest_backup?.available_backups,
    newestFirst.slice(0, 2).map((at) => at.toISOString()),
  )
  t.equal(latest_backup?.backup_list_count, 3)
})

t.test('a failed run says why in its errors', async (t) => {
  const { latest_backups } = await json<{ latest_backups: Backup[] }>(full, '/api/lastbackups/ANNA-LAPTOP')
  t.equal(latest_backups[0]?.status, 'Fatal')
  t.match(JSON.parse(latest_backups[0]?.errors_array ?? 'null'), [/remote volume duplicati-b1f3/])
})

t.test('each job of a server is listed once, most recent first', async (t) => {
  const found = await json<{ latest_backups: Backup[]; backup_jobs_count: number; backup_names: string[] }>(
    full,
    '/api/lastbackups/NAS',
  )
  t.equal(found.backup_jobs_count, 3)
  t.same([...found.backup_names].sort(), ['Documents', 'Paperless', 'Photos'])
  const dates = found.latest_backups.map((one) => one.date)
  t.same(dates, [...dates].sort().reverse())
})

t.test('two servers of one name are told apart by their ids', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const one = planned({})
  await house.report(backupReport(one))
  await house.report(backupReport({ ...one, machine: { ...one.machine, id: 'b'.repeat(32) } }))
  const answer = await house.get('/api/lastbackup/server-01')
  t.equal(answer.status, 400)
  const body = (await answer.json()) as {
    status: number
    message: string
    duplicate_servers: { id: string }[]
  }
  t.equal(body.status, 400)
  t.same(body.duplicate_servers.map(({ id }) => id).sort(), [one.machine.id, 'b'.repeat(32)].sort())
  for (const { id } of body.duplicate_servers) {
    t.match(body.message, id)
    t.equal((await house.get(`/api/lastbackup/${id}`)).status, 200)
  }
})

t.test('a server that is not there is 404 with a body, whatever it is called', async (t) => {
  for (const name of [
    'nobody',
    '__proto__',
    'constructor',
    '..',
    'a/b',
    '<script>',
    '\u0000',
    'ß'.repeat(500),
  ]) {
    const answer = await full.get(`/api/lastbackup/${encodeURIComponent(name)}`)
    t.equal(answer.status, 404, name.slice(0, 20))
    if (name === '..') continue
    t.match(await answer.json(), { error: 'Server not found', status: 404 })
  }
})

t.test('pages of runs hold every run once, newest first', async (t) => {
  const { jobs } = await json<{ jobs: { id: string; job: string }[] }>(full, '/api/v1/jobs')
  const id = jobs.find(({ job }) => job === 'Mail')?.id
  const seen: { id: string; begin: string }[] = []
  let pages = 1
  for (let page = 1; page <= pages; page++) {
    const found = await json<{ runs: typeof seen; pages: number; total: number }>(
      full,
      `/api/v1/jobs/${id}/runs?page=${page}&per_page=100`,
    )
    pages = found.pages
    seen.push(...found.runs)
    if (page === pages) t.equal(seen.length, found.total)
  }
  t.ok(pages > 2)
  t.equal(new Set(seen.map((run) => run.id)).size, seen.length)
  t.same(
    seen.map((run) => run.begin),
    seen
      .map((run) => run.begin)
      .sort()
      .reverse(),
  )
  const beyond = await json<{ runs: unknown[] }>(full, `/api/v1/jobs/${id}/runs?page=999`)
  t.same(beyond.runs, [])
})

t.test('the summary in words follows the states of the jobs', async (t) => {
  const found = await json<Record<string, number | string>>(full, '/api/v1/summary')
  t.match(found, { status: 'error', overdue: 1, failing: 1, warning: 1, jobs: 8 })
  t.match(found['status_text'], /^\d jobs need attention$/)
})

t.test(
  'the demonstration is the same for the same seed and moment, and another for another seed',
  async (t) => {
    const told = (seed: number) =>
      JSON.stringify(demoReports({ now: new Date(Date.UTC(2026, 10, 22, 12)), zone: 'UTC', seed }).slice(-40))
    t.equal(told(1), told(1))
    t.not(told(1), told(2))
  },
)

t.test('the demonstration has one job of every kind', async (t) => {
  const { jobs } = await json<{ jobs: { id: string; job: string; state: string; reason: string }[] }>(
    full,
    '/api/v1/jobs',
  )
  const job = (name: string) => jobs.find((one) => one.job === name)
  t.equal(job('Photos')?.state, 'overdue')
  t.match(job('Home folder'), { state: 'failed', reason: /^The remote volume/ })
  t.equal(job('Frigate clips')?.state, 'warning')
  const runs = await json<{ total: number }>(full, `/api/v1/jobs/${job('Paperless')?.id}/runs`)
  t.equal(runs.total, 1)
  const { incidents } = await json<{ incidents: { cause: string; job_id: string; count: number }[] }>(
    full,
    '/api/v1/incidents',
  )
  t.ok(incidents.some((one) => one.cause === 'anomaly' && one.job_id === job('Documents')?.id))
  t.ok(incidents.some((one) => one.cause === 'failed' && one.count === 2))
})

t.test('metrics are in the text format of Prometheus', async (t) => {
  const answer = await full.get('/metrics')
  t.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  const lines = (await answer.text()).split('\n')
  t.equal(lines.at(-1), '')
  const typed = new Set<string>()
  const odd: string[] = []
  for (const line of lines.slice(0, -1)) {
    const [, name] = /^# TYPE ([a-z_]+) (gauge|counter)$/.exec(line) ?? []
    if (name !== undefined) typed.add(name)
    else if (!line.startsWith('# HELP ')) {
      const [, sample = ''] =
        /^([a-z_]+)(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\})? -?[0-9.e+]+$/.exec(line) ?? []
      if (!typed.has(sample)) odd.push(line)
    }
  }
  t.same(odd, [])
  for (const name of ['last_success_timestamp_seconds', 'state', 'stored_bytes']) {
    t.ok(typed.has(`duplistatus_job_${name}`))
  }
  t.match(lines.join('\n'), /duplistatus_job_state\{server="NAS",job="Photos",.*state="overdue"\} 1/)
})

t.test('hostile names cannot forge a metric', async (t) => {
  const text = exposition([
    { name: 'x', help: 'X.', type: 'gauge', samples: [[labelText({ job: 'a"} 1\nevil{b="\\' }), 1]] },
  ])
  t.equal(text, '# HELP x X.\n# TYPE x gauge\nx{job="a\\"} 1\\nevil{b=\\"\\\\"} 1\n')
})

t.test('the health of a house that can save is 200 everywhere', async (t) => {
  await full.app.calendar.now('overdue')
  t.match(await json(full, '/api/health'), {
    status: 'healthy',
    database: 'connected',
    scheduledWork: { overdue: { at: String, ok: true } },
  })
  t.same(await json(full, '/api/ping'), { ok: true })
  t.equal(await (await full.get('/healthz')).text(), 'ok\n')
})

interface Backup {
  readonly status: string
  readonly date: string
  readonly messages_array: string | null
  readonly warnings_array: string | null
  readonly errors_array: string | null
  readonly available_backups: string[]
  readonly backup_list_count: number
}

interface LastBackup {
  readonly server: unknown
  readonly latest_backup: Backup | null
  readonly status: number
}

async function json<T>(house: SmallHouse, path: string): Promise<T> {
  const answer = await house.get(path)
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

function simplePaths(): string[] {
  return Object.entries(DOCUMENT.paths).flatMap(([path, methods]) =>
    'get' in methods && !path.includes('{') ? [path] : [],
  )
}

async function fits(t: Test, house: SmallHouse, path: string, described: string, status: number) {
  const answer = await house.get(path)
  const response = DOCUMENT.paths[described]?.['get']?.responses[String(status)]
  const [type = '', { schema } = { schema: null }] = Object.entries(response?.content ?? {})[0] ?? []
  t.equal(answer.status, status, path)
  t.match(answer.headers.get('content-type'), type)
  const body: unknown = type === 'application/json' ? await answer.json() : await answer.text()
  t.same(misfits(body, schema, DOCUMENT), [], path)
}

function nulls(value: unknown, place = '$'): string[] {
  if (value === null) return [place]
  if (typeof value !== 'object') return []
  return Object.entries(value as object).flatMap(([name, member]) => nulls(member, `${place}.${name}`))
}

function minutesAgo(minutes: number): Date {
  return new Date(Math.floor(START / 60_000 - minutes) * 60_000)
}

function planned(changes: Partial<PlannedRun>): PlannedRun {
  const [first] = benchCast(1, 1)
  if (first === undefined) throw new Error('no cast')
  const random = seededRandom(4)
  return {
    machine: first.machine,
    job: first.job,
    begin: minutesAgo(60),
    durationS: 90,
    result: 'Success',
    next: null,
    sourceBytes: random.whole(1e9, 9e9),
    sourceFiles: 1200,
    addedFiles: 4,
    addedBytes: 5_000_000,
    modifiedFiles: 1,
    modifiedBytes: 1000,
    deletedFiles: 0,
    uploadedBytes: 4_000_000,
    storedBytes: random.whole(1e9, 9e9),
    versionsBefore: [],
    versionsDeleted: [],
    warnings: [],
    errors: [],
    exception: null,
    quota: null,
    ...changes,
  }
}

function changed(document: ReportDocument, data: Record<string, unknown>): ReportDocument {
  return { ...document, Data: { ...document.Data, ...data } }
}
