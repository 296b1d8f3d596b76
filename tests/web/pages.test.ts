import { readFileSync } from 'node:fs'
import t from 'tap'
import { HOSTILE, hostileReport } from '../support/hostile.ts'
import { type SmallHouse, smallHouse } from '../support/small-house.ts'
import { signedIn, type Visitor } from '../support/visitors.ts'

/** Every page a viewer can open of what a house holds. */
function pagesOf(house: SmallHouse): string[] {
  const { state, history } = { state: house.app.house.store.state(), history: house.app.house.store.history }
  const jobs = Object.keys(state.jobs)
  const newest = jobs
    .flatMap((id) => history.ofJob(id, { limit: 1 }))
    .map((row) => `run_${row.no.toString(36)}`)
  return [
    '/',
    '/?layout=table',
    '/?layout=table&sort=duration&dir=up',
    '/?layout=cards',
    '/?state=failed',
    '/?q=photos',
    '/trends',
    '/trends?range=all&numbers=1',
    '/start',
    '/help',
    '/about',
    ...Object.keys(state.servers).flatMap((id) => [`/servers/${id}`, `/trends?of=${id}`]),
    ...jobs.flatMap((id) => [
      `/jobs/${id}`,
      `/jobs/${id}?range=1w&numbers=1`,
      `/jobs/${id}/versions`,
      `/trends?of=${id}`,
    ]),
    ...newest.flatMap((id) => [`/runs/${id}`, `/runs/${id}?level=warning&q=a`]),
  ]
}

t.test('pages of a lived-in house', async (t) => {
  const house = await smallHouse({ days: 45, now: new Date() })
  t.teardown(() => house.close())
  const viewer: Visitor = await signedIn(house.app, 'viewer')
  const read = async (path: string) => {
    const answer = await house.get(path, viewer)
    return { status: answer.status, headers: answer.headers, html: await answer.text() }
  }
  const { jobs, servers } = house.app.house.store.state()
  const jobNamed = (name: string) => Object.values(jobs).find((job) => job.name === name)?.id ?? ''
  const photos = jobNamed('Photos')

  t.test('every page answers with one heading, whole markup and no inline script or style', async (t) => {
    for (const path of pagesOf(house)) {
      const { status, html } = await read(path)
      t.equal(status, 200, path)
      t.equal([...html.matchAll(/<h1[ >]/g)].length, 1, `${path} has one heading`)
      t.notMatch(html, /undefined|NaN|\[object/, `${path} prints no accident`)
      t.notMatch(
        html,
        /\sstyle="|\son\w+="|<script(?![^>]*(src=|application\/json))/,
        `${path} has nothing inline`,
      )
      const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((found) => found[1])
      t.equal(new Set(ids).size, ids.length, `${path} has every id once`)
    }
  })

  t.test('the overview says how things stand and what needs attention, worst first', async (t) => {
    const { html } = await read('/')
    t.match(html, /<title>\(\d+\) \d+ backups need attention/)
    const states = [...html.matchAll(/<li id="a-[^"]*" class="is-(\w+)/g)].map((found) => found[1])
    t.ok(states.length >= 3)
    const order = ['failed', 'overdue', 'unknown', 'warning']
    t.same(
      states,
      [...states].sort((a, b) => order.indexOf(a ?? '') - order.indexOf(b ?? '')),
    )
    for (const word of ['Overdue', 'Failed', 'Warnings', 'was due', 'versions kept']) t.match(html, word)
    t.match(html, /aria-label="\d+ expected runs: \d+ succeeded, .*\d+ missed"/)
  })

  t.test('search finds servers, aliases, notes and jobs, and state filters are links', async (t) => {
    const names = (html: string) =>
      [...html.matchAll(/<th scope="row"><a [^>]*><bdi>([^<]*)</g)].map((found) => found[1])
    t.same(names((await read('/?q=PHOTOS')).html), ['Photos'])
    t.same(names((await read('/?q=basement')).html).sort(), ['Documents', 'Paperless', 'Photos'])
    t.same(names((await read('/?q=anna')).html), ['Home folder'])
    t.same(names((await read('/?state=overdue')).html), ['Photos'])
    t.match((await read('/?q=nothing-like-it')).html, 'No backup matches this filter')
  })

  t.test('a table can be sorted both ways, and what is unknown stands last', async (t) => {
    const names = async (query: string) =>
      [
        ...(await read(`/?layout=table&${query}`)).html.matchAll(/<th scope="row"><a [^>]*><bdi>([^<]*)</g),
      ].map((found) => found[1])
    const down = await names('sort=source&dir=down')
    t.equal(down[0], 'Photos')
    t.same(await names('sort=source&dir=up'), [...down].reverse())
    t.match((await read('/?layout=table&sort=source')).html, /<th class="num" aria-sort="descending">/)
    t.equal((await names('sort=warnings&dir=down'))[0], 'Frigate clips')
    t.equal((await names('sort=state&dir=up'))[0], 'Home folder', 'the worst first')
  })

  t.test('the layout a person chooses is remembered', async (t) => {
    const address = house.app.urls.public.replace(/\/$/, '')
    const other = await signedIn(house.app, 'viewer')
    const chosen = await fetch(`${address}/preferences`, {
      method: 'POST',
      headers: { ...other, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'layout=cards&theme=dark&chart_style=bars&next=/%3Fstate%3Dok',
      redirect: 'manual',
    })
    t.equal(chosen.status, 303)
    t.equal(chosen.headers.get('location'), '/?state=ok')
    const html = await (await house.get('/', other)).text()
    t.match(html, 'class="cards"')
    t.match(html, 'data-theme="dark"')
    const drawn = await (await house.get(`/jobs/${photos}`, other)).text()
    t.match(drawn, /<svg class="bars" [\s\S]*?class="line" d="M[\d. ]+V150M/, 'bars without script too')
    t.notMatch((await read('/')).html, 'class="cards"', 'and for nobody else')
  })

  t.test('single keys can be switched off', async (t) => {
    const who = await signedIn(house.app, 'viewer', { preferences: { keys: 'off' } })
    const page = await (await house.get('/', who)).text()
    t.match(page, /<html[^>]* data-keys="off"/)
    t.notMatch(page, '<kbd')
    t.match(await (await house.get('/', viewer)).text(), '<kbd aria-hidden="true">/</kbd>')
  })

  t.test('the page of a job has its sentence, figures, calendar, charts, history and reasons', async (t) => {
    const { html } = await read(`/jobs/${photos}`)
    for (const part of [
      'Expected Thu|Expected [A-Z][a-z]{2}',
      'Success rate, 90 d',
      'Six months of runs',
      'class="is-missed"',
      'id="chart-stored"',
      'Why it is expected when it is',
      'Monitoring and notices',
    ])
      t.match(html, new RegExp(part))
    const rows = [...html.matchAll(/<time datetime="([^"]+)">/g)].map((found) => found[1] ?? '')
    t.same(rows, [...rows].sort().reverse(), 'newest first')
  })

  t.test('a history is filtered, sorted and paged by its address', async (t) => {
    const all = (await read(`/jobs/${photos}?size=10`)).html
    t.match(all, 'Page 1 of')
    t.match(all, /rel="next" href="[^"]*page=2/)
    const bad = (await read(`/jobs/${photos}?result=bad`)).html
    const results = [...bad.matchAll(/<tr><td><span class="pill is-(\w+)/g)].map((found) => found[1])
    t.ok(results.length > 0 && results.every((state) => state !== 'ok'))
    const longest = (await read(`/jobs/${photos}?by=duration&way=down`)).html
    t.match(longest, /aria-sort="descending"><a [^>]*>Duration/)
    t.match((await read(`/jobs/${photos}?day=1999-01-01`)).html, 'No run matches this filter')
    t.match((await read(`/jobs/${photos}?page=999`)).html, /Page (\d+) of \1/)
  })

  t.test('a run is compared, its log is filtered, searched and downloaded', async (t) => {
    const warned = house.app.house.store.history.ofJob(jobNamed('Frigate clips'), { limit: 1 })[0]
    const id = `run_${warned?.no.toString(36)}`
    const { html } = await read(`/runs/${id}`)
    for (const part of [
      'What changed',
      'usually',
      'Phases',
      'files good',
      'Versions kept',
      'Last good run',
      'rel="prev"',
    ])
      t.match(html, part)
    t.match(html, 'id="L1"')
    const warnings = (await read(`/runs/${id}?level=warning`)).html
    t.notMatch(warnings, /<span class="lv">Info/)
    t.match((await read(`/runs/${id}?q=no%20such%20words`)).html, 'No line has this')
    const log = await house.get(`/runs/${id}/log.txt`, viewer)
    t.match(log.headers.get('content-type'), 'text/plain')
    t.match(await log.text(), 'warning')
    const raw = await house.get(`/runs/${id}/raw.json`, viewer)
    t.equal(((await raw.json()) as { Data: { MainOperation: string } }).Data.MainOperation, 'Backup')
  })

  t.test('pages are packed for who takes that', async (t) => {
    const packed = await house.get('/', { ...viewer, 'Accept-Encoding': 'gzip' })
    t.equal(packed.headers.get('content-encoding'), 'gzip')
    t.match(await packed.text(), '</html>')
    const plain = await house.get('/', { ...viewer, 'Accept-Encoding': 'identity' })
    t.equal(plain.headers.get('content-encoding'), null)
  })

  t.test('an unchanged fragment is not sent again', async (t) => {
    const first = await house.get('/?fragment=1', viewer)
    const etag = first.headers.get('etag') ?? ''
    const html = await first.text()
    t.match(html, /^<title>/)
    t.notMatch(html, '<html')
    const again = await house.get('/?fragment=1', { ...viewer, 'If-None-Match': etag })
    // A minute may turn between the two.
    if (again.status !== 304)
      t.equal(
        (await house.get('/?fragment=1', { ...viewer, 'If-None-Match': again.headers.get('etag') ?? '' }))
          .status,
        304,
      )
    else t.equal(again.status, 304)
  })

  t.test('addresses of the reference product lead to ours', async (t) => {
    const server = Object.values(servers).find((one) => one.name === 'NAS')
    const to = async (path: string) => (await house.get(path, viewer)).headers.get('location')
    t.equal(await to(`/detail/${server?.machineId}`), `/servers/${server?.id}`)
    t.equal(await to(`/detail/${server?.machineId}?backup=Photos`), `/jobs/${photos}`)
    t.equal(await to(`/detail/${server?.machineId}/backup/0b5a7f`), `/servers/${server?.id}`)
    t.equal(await to('/detail/nobody'), '/')
  })

  t.test('what is not there is said on a page with a way home', async (t) => {
    for (const path of [
      '/nope',
      '/jobs/job_nope',
      '/jobs/__proto__',
      '/servers/constructor',
      '/runs/run_zzzzz',
      '/runs/x',
    ]) {
      const { status, html } = await read(path)
      t.equal(status, 404, path)
      t.match(html, 'Go to the overview')
    }
    t.equal((await house.get('/jobs/job_nope')).status, 303, 'who is not signed in is asked to')
  })

  t.test('every key a template or page says is in the catalogue', async (t) => {
    const catalogue: Record<string, string> = JSON.parse(readFileSync('views/locales/en.json', 'utf8'))
    const { readdirSync } = await import('node:fs')
    const sources = ['views', 'src/web']
      .flatMap((dir) => readdirSync(dir, { recursive: true }).map((name) => `${dir}/${String(name)}`))
      .filter((file) => /\.(eta|ts)$/.test(file))
    for (const file of sources) {
      for (const [, key] of readFileSync(file, 'utf8').matchAll(/\bsay\('([a-z][\w-]*\.[\w.-]+)'/g))
        if (key !== undefined && !(key in catalogue)) t.fail(`${file} says ${key}`)
    }
    t.pass('all read')
  })
})

t.test('the page can be put on a phone like an app, also behind a base path', async (t) => {
  const house = await smallHouse({ days: 0, env: { BASE_PATH: '/backups' } })
  t.teardown(() => house.close())
  const ask = (path: string) => fetch(new URL(path, house.app.urls.public))
  const page = await (await ask('/backups/sign-in')).text()
  const address = /<link rel="manifest" href="([^"]+)"/.exec(page)?.[1] ?? ''
  const answer = await ask(address)
  t.equal(answer.headers.get('content-type'), 'application/manifest+json; charset=utf-8')
  const manifest = (await answer.json()) as { start_url: string; icons: { src: string }[] }
  const from = new URL(address, house.app.urls.public)
  t.equal(new URL(manifest.start_url, from).pathname, '/backups/')
  for (const { src } of manifest.icons) {
    const icon = await ask(new URL(src, from).pathname)
    t.equal(icon.headers.get('content-type'), 'image/png', src)
  }
  t.match(page, /<link rel="apple-touch-icon" href="\/backups\/assets\/[^"]+\.png"/)
})

t.test('an empty house shows how to begin', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const viewer = await signedIn(house.app, 'viewer')
  const read = async (path: string) => (await house.get(path, viewer)).text()
  t.match(await read('/'), 'Waiting for the first report')
  t.match(await read('/trends'), 'No run in this range tells a figure')
  t.match(await read('/start'), 'Listening for the first report')
  t.match(await read('/start'), `${house.app.urls.public}api/upload`)

  t.test('and hostile texts in every field of reports stay text on every page', async (t) => {
    const now = Date.now()
    for (const [index, text] of HOSTILE.entries()) {
      const answer = await house.report(hostileReport(text, new Date(now - index * 1000)))
      t.ok(answer.status < 300, `report ${index} is taken`)
    }
    for (const path of pagesOf(house)) {
      const answer = await house.get(path, viewer)
      const html = await answer.text()
      t.equal(answer.status, 200, path)
      t.notMatch(html, /<script>|<img (?!src="\/assets\/)|\son\w+=["']|href="javascript:/, `${path} holds`)
      t.notMatch(html, /\u0000/, `${path} has no NUL`)
    }
    t.match(await read('/start'), 'Reports arrive')
  })
})
