import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { smallHouse } from '../support/small-house.ts'

const house = await smallHouse({ days: 0, env: { MAX_BODY_MB: '4' } })
t.teardown(() => house.close())

const SUCCESS = JSON.parse(
  readFileSync(new URL('../fixtures/reports/success.json', import.meta.url), 'utf8'),
) as { Data: Record<string, unknown>; Extra: Record<string, unknown>; LogLines: string[] }

let counted = 0

t.test('large reports are read one after another, and small ones do not wait for them', async (t) => {
  const lines = Array.from({ length: 20_000 }, (_, at) => `${SUCCESS.LogLines[0]} ${at}`)
  const large = ['l1', 'l2', 'l3'].map((job) => post(JSON.stringify(report(job, { LogLines: lines }))))
  const small = post(JSON.stringify(report('small')))
  t.same(await told(small), [200, { success: true }])
  for (const one of large) t.same(await told(one), [200, { success: true }])
  const unreadable = post(`{"Data":${'x'.repeat(2_000_000)}`)
  t.match(await told(unreadable), [400, { code: 'invalid' }])
  t.same(
    await told(post(JSON.stringify(report('l4', { LogLines: lines })))),
    [200, { success: true }],
    'one that cannot be read does not stop the next',
  )
  t.same(await jobsNamed(/^l\d$|^small$/), ['l1', 'l2', 'l3', 'l4', 'small'])
})

t.test('who sends too much is told so after the last byte', async (t) => {
  const body = Buffer.alloc(12 * 1024 * 1024, 'x')
  t.match(await told(post(body)), [413, { code: 'too-large', error: /MAX_BODY_MB/ }])
  t.match(await chunked(body), { status: 413 })
  t.match(await told(post(gzipSync(Buffer.alloc(40_000_000)), { 'Content-Encoding': 'gzip' })), [413, {}])
})

t.test('packed, cut, chunked and expected bodies are taken', async (t) => {
  const json = (job: string) => JSON.stringify(report(job))
  t.same(await told(post(gzipSync(json('p1')), { 'Content-Encoding': 'gzip' })), [200, { success: true }])
  t.same(await told(post(deflateSync(json('p2')), { 'Content-Encoding': 'deflate' })), [
    200,
    { success: true },
  ])
  t.match(await told(post(gzipSync(json('p3')).subarray(0, 300), { 'Content-Encoding': 'gzip' })), [400, {}])
  t.match(await told(post(json('p3'), { 'Content-Encoding': 'zstd' })), [400, { error: /zstd/ }])
  const thrice = gzipSync(gzipSync(gzipSync(json('p3'))))
  t.match(await told(post(thrice, { 'Content-Encoding': 'gzip, gzip, gzip' })), [
    400,
    { error: /gzip, gzip/ },
  ])
  for (const [job, packing, body] of [
    ['p6', 'br', brotliCompressSync(json('p6'))],
    ['p7', 'deflate', deflateRawSync(json('p7'))],
    ['p8', 'GZIP, identity', gzipSync(json('p8'))],
    ['p9', 'gzip, br', brotliCompressSync(gzipSync(json('p9')))],
  ] as const)
    t.same(await told(post(body, { 'Content-Encoding': packing })), [200, { success: true }], job)
  t.match(await chunked(Buffer.from(json('p4'))), { status: 200 })
  t.match(await chunked(Buffer.from(json('p5')), { Expect: '100-continue' }), {
    status: 200,
    continued: true,
  })
  t.same(await jobsNamed(/^p\d$/), ['p1', 'p2', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9'])
})

t.test('the same report from eight senders at once is one run', async (t) => {
  const body = JSON.stringify(report('eight'))
  const answers = await Promise.all(Array.from({ length: 8 }, () => told(post(body))))
  t.equal(answers.filter(([status]) => status === 200).length, 8)
  t.equal(answers.filter(([, said]) => said['duplicate'] !== true).length, 1)
})

t.test('a report is taken with every verb that Duplicati can be told to send with', async (t) => {
  for (const [job, verb, path] of [
    ['v1', 'PUT', 'api/upload'],
    ['v2', 'GET', 'api/upload'],
    ['v3', 'PUT', 'api/upload/ds_aaaaaaaaaaaaaaaaaaaaaaaa'],
    ['v4', 'GET', 'api/upload/ds_aaaaaaaaaaaaaaaaaaaaaaaa'],
  ] as const)
    t.match(
      await chunked(Buffer.from(JSON.stringify(report(job))), { 'Transfer-Encoding': 'chunked' }, verb, path),
      { status: 200 },
      job,
    )
  t.same(await jobsNamed(/^v\d$/), ['v1', 'v2', 'v3', 'v4'])
  const options = await fetch(new URL('api/summary', house.app.urls.public), { method: 'OPTIONS' })
  t.same([options.status, options.headers.get('allow')], [204, 'GET, HEAD'])
})

t.test('who reads where reports are sent is told which method it takes', async (t) => {
  for (const path of ['api/upload', 'api/live', 'api/upload/ds_aaaaaaaaaaaaaaaaaaaaaaaa']) {
    const answer = await fetch(new URL(path, house.app.urls.public))
    t.equal(answer.status, 405, path)
    t.match(answer.headers.get('allow'), /^POST(, PUT)?$/)
    t.match(await answer.json(), { code: 'wrong-method', error: /does not take GET, only POST/ })
  }
  const page = await fetch(new URL('sign-out', house.app.urls.public), { headers: { Accept: 'text/html' } })
  t.equal(page.status, 405, 'pages too')
  t.match(await page.text(), /does not take GET, only POST/)
  t.equal((await fetch(new URL('api/nothing', house.app.urls.public))).status, 404)
})

t.test(
  'who sends too much too often is told how long to wait, and known machines are still served',
  async (t) => {
    const change = (key: string, value: number) =>
      house.app.house.store.change((state) => ({ ...state, settings: { ...state.settings, [key]: value } }))
    t.same(await told(post(JSON.stringify(report('known')))), [200, { success: true }])
    await change('access.new_servers_per_hour', 1)
    const fromNew = (id: string) => {
      const document = report('any') as { Extra: object }
      return post(JSON.stringify({ ...document, Extra: { ...document.Extra, 'machine-id': id } }))
    }
    t.equal((await fromNew('new-1')).status, 200)
    const refused = await fromNew('new-2')
    t.equal(refused.status, 429)
    const seconds = Number(refused.headers.get('retry-after'))
    t.ok(seconds > 3000 && seconds <= 3600, `${seconds} of an hour`)
    t.match(await refused.json(), { error: /within an hour.* in (1|59|60)\s/ })
    const called = (name: string) => {
      const document = report('any') as { Extra: object }
      return post(
        JSON.stringify({
          ...document,
          Extra: { ...document.Extra, 'machine-id': 'new-1', 'machine-name': name },
        }),
      )
    }
    await house.app.house.store.settled()
    const named: number[] = []
    for (const name of ['a', 'b', 'a', 'b', 'c', 'd']) {
      named.push((await called(name)).status)
      await house.app.house.store.settled()
    }
    t.same(named, [200, 200, 200, 429, 429, 429], 'one machine id under ever new names is a flood too')
    t.same(await told(post(JSON.stringify(report('known')))), [200, { success: true }])

    const backup = (id: string) => {
      const document = report('any') as { Extra: object }
      return post(
        JSON.stringify({ ...document, Extra: { ...document.Extra, 'backup-id': id, 'backup-name': id } }),
      )
    }
    const made: number[] = []
    for (let n = 0; n < 12; n++) made.push((await backup(`made-up-${n}`)).status)
    t.same(made.slice(-2), [429, 429], 'ever new backups of a known machine are a flood too')
    t.ok(made.filter((status) => status === 200).length >= 9, 'ten times as many as machines may come in')
    t.match(await (await backup('made-up-13')).json(), { code: 'too-many', error: /Too many new backups/ })
    await house.app.house.store.settled()
    t.equal((await backup('made-up-0')).status, 200, 'one that got in stays known')

    await change('access.uploads_per_minute', 1)
    const outside = () => post(JSON.stringify(report('known')), { 'X-Forwarded-For': '203.0.113.9' })
    t.equal((await outside()).status, 200)
    const slowed = await outside()
    t.equal(slowed.status, 429)
    const wait = Number(slowed.headers.get('retry-after'))
    t.ok(wait > 0 && wait <= 60, `${wait} of a minute`)
  },
)

function report(job: string, parts: object = {}): object {
  counted += 1
  const begin = new Date(Date.now() - 3_600_000 - counted * 60_000)
  return {
    ...SUCCESS,
    ...parts,
    Data: {
      ...SUCCESS.Data,
      BeginTime: begin.toISOString(),
      EndTime: new Date(begin.getTime() + 30_000).toISOString(),
    },
    Extra: { ...SUCCESS.Extra, 'backup-name': job, 'backup-id': `DB-${job}` },
  }
}

function post(body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
  const bytes = new Uint8Array(Buffer.from(body))
  return fetch(new URL('api/upload', house.app.urls.public), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: bytes,
  })
}

async function told(answer: Promise<Response>): Promise<[number, Record<string, unknown>]> {
  const response = await answer
  return [response.status, (await response.json()) as Record<string, unknown>]
}

/** Sends without a length, in pieces, as senders do that do not know it beforehand. */
function chunked(body: Buffer, headers: Record<string, string> = {}, method = 'POST', path = 'api/upload') {
  return new Promise<{ status: number | undefined; continued: boolean }>((resolve, reject) => {
    let continued = false
    const asked = request(
      new URL(path, house.app.urls.public),
      { method, headers: { 'Content-Type': 'application/json', ...headers } },
      (response) => {
        response.resume().once('end', () => resolve({ status: response.statusCode, continued }))
      },
    )
    asked.once('continue', () => {
      continued = true
      send()
    })
    asked.once('error', reject)
    const send = () => {
      for (let at = 0; at < body.length; at += 100_000) asked.write(body.subarray(at, at + 100_000))
      asked.end()
    }
    if (headers['Expect'] === undefined) send()
    else asked.flushHeaders()
  })
}

async function jobsNamed(pattern: RegExp): Promise<string[]> {
  const { jobs } = (await (await house.get('/api/v1/jobs')).json()) as { jobs: { job: string }[] }
  return jobs
    .map(({ job }) => job)
    .filter((job) => pattern.test(job))
    .sort()
}
