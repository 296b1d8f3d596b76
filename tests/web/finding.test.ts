import t from 'tap'
import { CHAPTERS } from '../../src/web/help-chapters.ts'
import { everyPage } from '../support/every-page.ts'
import { HOSTILE } from '../support/hostile.ts'
import { type SmallHouse, smallHouse } from '../support/small-house.ts'
import { signedIn, type Visitor } from '../support/visitors.ts'

t.test('finding one’s way', async (t) => {
  const house = await smallHouse({ days: 30 })
  t.teardown(() => house.close())
  const admin = await signedIn(house.app, 'administrator')
  const { store } = house.app.house
  const jobNamed = (name: string) => {
    const job = Object.values(store.state().jobs).find((one) => one.name === name)
    if (job === undefined) throw new Error(`there is no ${name}`)
    return job
  }
  const read = async (path: string, who = admin) => (await house.get(path, who)).text()
  const photos = jobNamed('Photos')
  const server = photos.serverId

  t.test('tags of servers and jobs are links that filter, and take each other on', async (t) => {
    await post(house, admin, `/jobs/${photos.id}/note`, { note: 'mine', tags: 'Family, offsite;family\n ' })
    t.same(jobNamed('Photos').tags, ['Family', 'offsite'], 'each once, whatever its letters')
    await store.change((state) => ({
      ...state,
      servers: { ...state.servers, [server]: { ...theServer(house, server), tags: ['rack', 'offsite'] } },
    }))
    const whole = await read('/')
    t.match(whole, /href="\/\?tag=Family"[^>]*><bdi[^>]*>Family<\/bdi> 1</)
    const onServer = Object.values(store.state().jobs).filter((job) => job.serverId === server)
    t.match(whole, new RegExp(`href="/\\?tag=rack"[^>]*><bdi[^>]*>rack</bdi> ${onServer.length}<`))
    t.same(jobsIn(await read('/?tag=FAMILY')), ['Photos'])
    t.same(jobsIn(await read('/?tag=rack')), onServer.map((job) => job.name).sort())
    t.same(jobsIn(await read('/?tag=rack&q=photos')), ['Photos'], 'together with a search')
    const filtered = await read('/?tag=Family&layout=table')
    t.match(filtered, 'href="/?layout=table" aria-current="true"><bdi class="cut">Family', 'and off again')
    t.match(filtered, '<input type="hidden" name="tag" value="Family">', 'a search keeps the filter')
    t.match(await read(`/jobs/${photos.id}`), 'href="/?tag=Family"')
    t.match(await read(`/servers/${server}`), 'href="/?tag=rack"')
    t.match(await read('/?tag=nothing'), 'No backup matches this filter')
  })

  t.test('hostile tags stay text and lead somewhere', async (t) => {
    for (const text of HOSTILE.slice(0, 12)) {
      await post(house, admin, `/jobs/${photos.id}/note`, { note: '', tags: text })
      const html = await read('/')
      t.notMatch(html, /<script>|<img/i)
      for (const [, href = ''] of html.matchAll(/href="(\/\?[^"]*tag=[^"]*)"/g))
        t.equal((await house.get(href.replaceAll('&amp;', '&'), admin)).status, 200)
    }
    await post(house, admin, `/jobs/${photos.id}/note`, { note: '', tags: '__proto__, constructor' })
    t.same(jobsIn(await read('/?tag=__proto__')), ['Photos'])
    t.same(jobsIn(await read('/?tag=toString')), [])
  })

  t.test('a view is saved for its person, opened, opens first, and is deleted', async (t) => {
    const anna = await signedIn(house.app, 'viewer')
    const saved = await post(house, anna, '/views', {
      name: ' Bad <b> ',
      view: 'state=overdue&layout=table&evil=1',
    })
    t.equal(saved.headers.get('location'), '/?state=overdue&layout=table')
    const html = await read('/?state=overdue&layout=table', anna)
    t.match(
      html,
      '<a href="/?state=overdue&amp;layout=table" aria-current="true"><bdi class="cut">Bad &lt;b&gt;',
    )
    t.notMatch(await read('/'), 'Bad &lt;b', 'nobody else has it')
    t.match(html, 'name="view" value="state=overdue&amp;layout=table"', 'what is on the screen can be saved')

    await post(house, anna, '/views', { first: 'Bad <b>' })
    const opened = await house.get('/', anna)
    t.equal(opened.status, 302)
    t.equal(opened.headers.get('location'), '/?state=overdue&layout=table')
    const whole = await house.get('/?all=1', anna)
    t.equal(whole.status, 200, 'the whole is one link away')
    t.match(await whole.text(), /href="\/\?all=1" aria-current="true">All/)
    await post(house, anna, '/preferences', { theme: 'dark' })
    t.equal((await house.get('/', anna)).status, 302, 'other preferences leave it alone')

    await post(house, anna, '/views', { remove: 'Bad <b>' })
    t.equal((await house.get('/', anna)).status, 200)
    t.notMatch(await read('/', anna), 'Bad &lt;b')
    for (const name of ['', '   '])
      t.equal((await post(house, anna, '/views', { name, view: '' })).status, 400)
  })

  t.test('there is room for twenty views, and what cannot be read is no view', async (t) => {
    const bob = await signedIn(house.app, 'viewer')
    for (let no = 1; no <= 20; no += 1) await post(house, bob, '/views', { name: `v${no}`, view: `q=${no}` })
    t.equal((await post(house, bob, '/views', { name: 'v21', view: 'q=1' })).status, 400)
    t.equal(
      (await post(house, bob, '/views', { name: 'v20', view: 'q=other' })).status,
      303,
      'one is replaced',
    )
    for (const views of ['{', '5', '[[1,2],null,"a"]']) {
      const eve = await signedIn(house.app, 'viewer', { preferences: { views, start_view: 'x' } })
      t.equal((await house.get('/', eve)).status, 200)
    }
  })

  t.test(
    'a history is downloaded as a table that no spreadsheet runs, with the filters of the page',
    async (t) => {
      const table = async (path: string) => {
        const answer = await house.get(path, admin)
        t.match(answer.headers.get('content-type'), 'text/csv')
        t.match(answer.headers.get('content-disposition'), /attachment; filename=/)
        return parsed(await answer.text())
      }
      const whole = await table('/runs.csv')
      t.equal(whole.length, store.history.size)
      t.match(whole[0], { run_id: /^run_/, begin: /^\d{4}-.*Z$/, result: /^\w+$/, source_bytes: /^\d*$/ })
      const times = whole.map((row) => row['begin'] || row['received'] || '')
      t.same(times, [...times].sort().reverse(), 'newest first')
      const one = await table(`/jobs/${photos.id}/runs.csv`)
      t.ok(one.length > 10 && one.every((row) => row['job'] === 'Photos'))
      const ofServer = await table(`/servers/${server}/runs.csv?job=${photos.id}`)
      t.same(ofServer, one)
      const bad = await table(`/jobs/${photos.id}/runs.csv?result=success&by=duration&way=up`)
      t.ok(bad.length < one.length && bad.every((row) => row['result'] === 'success'))
      const lengths = bad.map((row) => Number(row['duration_s']))
      t.same(
        lengths,
        [...lengths].sort((a, b) => a - b),
        'in the order of the page',
      )
      const html = await read(`/jobs/${photos.id}?result=bad&page=2`)
      t.match(html, `href="/jobs/${photos.id}/runs.csv?result=bad" download`)
      t.match(await read('/activity'), 'href="/runs.csv" download')

      for (const name of ['=HYPERLINK("http://x")', '+1', '-1', '@SUM(1)', '\t=1', 'a"b,c\nd']) {
        await store.change((state) => ({
          ...state,
          jobs: { ...state.jobs, [photos.id]: { ...photos, name } },
        }))
        const [row] = await table(`/jobs/${photos.id}/runs.csv`)
        t.equal(row?.['job'], name.startsWith('a') ? name : `'${name}`)
      }
      for (const name of ['\ud800', 'x'.repeat(20_000), '../..', '\0']) {
        await store.change((state) => ({
          ...state,
          jobs: { ...state.jobs, [photos.id]: { ...photos, name } },
        }))
        t.equal((await house.get(`/jobs/${photos.id}/runs.csv`, admin)).status, 200)
      }
      await store.change((state) => ({ ...state, jobs: { ...state.jobs, [photos.id]: photos } }))
    },
  )

  t.test('the guide is searched by its address, and what is found is marked', async (t) => {
    const whole = await read('/help')
    t.equal([...whole.matchAll(/<section id="/g)].length, CHAPTERS.length)
    t.match(whole, /<form[^>]*role="search" action="\/help">/)
    const found = await read('/help?q=TOLERANCE')
    const chapters = [...found.matchAll(/<section id="([a-z-]+)"/g)].map((one) => one[1])
    t.ok(chapters.includes('expected') && chapters.length < CHAPTERS.length)
    t.match(found, '<mark>tolerance</mark>')
    t.match(found, new RegExp(`${chapters.length} chapters have “TOLERANCE”`))
    const german = await (await house.get('/help?q=uberfallig', { ...admin, 'Accept-Language': 'de' })).text()
    t.match(german, /<mark>überfällig<\/mark>/i, 'without regard to accents')
    t.match(await read('/help?q=%3Cscript%3Ezzz'), 'Nothing in the guide has “&lt;script&gt;zzz”')
    for (const [, src = ''] of whole.matchAll(/<img src="([^"]+)"/g)) {
      const picture = await house.get(src)
      t.equal(picture.status, 200, src)
      t.equal(picture.headers.get('content-type'), 'image/webp')
    }
  })

  t.test('every page leads to its own chapter of the guide', async (t) => {
    const known: readonly string[] = CHAPTERS.map((chapter) => chapter.name)
    const chapters = new Map<string, string>()
    for (const { path } of everyPage(house, 'Photos')) {
      const answer = await house.get(path, admin)
      // A page that needs something first leads to where that is done.
      if (answer.status === 303) continue
      const html = await answer.text()
      const chapter = /<a class="button ghost" href="\/help#([a-z-]+)"/.exec(html)?.[1] ?? ''
      t.ok(known.includes(chapter), `${path}: ${chapter}`)
      chapters.set(path.replace(/\?.*/, '').replace(/(job|srv|run)_[a-z0-9]+/, ':id'), chapter)
    }
    t.match(Object.fromEntries(chapters), {
      '/': 'overview',
      '/servers/:id': 'server',
      '/jobs/:id': 'job',
      '/runs/:id': 'run',
      '/trends': 'trends',
      '/activity': 'activity',
      '/settings/monitoring': 'expected',
      '/settings/tokens': 'people',
      '/settings/import': 'import',
      '/settings/database/merge': 'database',
    })
  })

  t.test('dates are written in the letters of the language, whatever else the browser likes', async (t) => {
    const tongues = { 'hi-Latn,hi-IN': /\p{Script=Devanagari}/u, 'zh-Hans,zh-TW': /週|體/u }
    for (const [accepted, wrong] of Object.entries(tongues)) {
      const [language = '', region = ''] = accepted.split(',')
      const preferences = { language }
      const reader = await signedIn(house.app, 'viewer', { preferences })
      const html = await (await house.get('/activity', { ...reader, 'Accept-Language': region })).text()
      t.notMatch(html, wrong, accepted)
      t.match(html, `<html lang="${language}"`)
    }
    const austrian = await signedIn(house.app, 'viewer', { preferences: { language: 'de' } })
    t.match(
      await (await house.get('/', { ...austrian, 'Accept-Language': 'de-AT' })).text(),
      '<html lang="de-AT"',
    )
  })

  t.test(
    'the language is the one the browser would like best, and dates are those of its region',
    async (t) => {
      const reader = await signedIn(house.app, 'viewer')
      const asked = {
        'de-AT,de;q=0.9,en;q=0.8': 'de-AT Übersicht',
        'nl-BE,de-CH;q=0.7,en;q=0.3': 'de-CH Übersicht',
        'zh-CN': 'zh-CN 概览',
        'zh-TW,en;q=0.5': 'zh-Hans 概览',
        pt: 'pt Visão geral',
        'pt-PT': 'pt-PT Visão geral',
        'hi-IN,hi;q=0.9': 'hi-Latn Activity',
        'hi-Latn': 'hi-Latn Activity',
        'fr;q=0, es-MX;q=0.1': 'es-MX Vista general',
        'xx;q=what, ;;;=, "<b>"': 'en Overview',
        '*': 'en Overview',
      }
      for (const [accepted, wanted] of Object.entries(asked)) {
        const html = await (await house.get('/', { ...reader, 'Accept-Language': accepted })).text()
        const [locale = '', ...word] = wanted.split(' ')
        t.match(html, `<html lang="${locale}" dir="ltr"`, accepted)
        t.match(html, word.join(' '), accepted)
      }
    },
  )

  t.test('what is put away keeps its history, is quiet, and is shown only to who asks', async (t) => {
    const troubled = Object.values(store.state().incidents).find((one) => one.jobId !== null)
    const job = store.state().jobs[troubled?.jobId ?? '']
    if (job === undefined) throw new Error('nothing is wrong with any backup')
    const open = () => Object.values(store.state().incidents).filter((one) => one.jobId === job.id).length
    const runs = store.history.ofJob(job.id).length
    await post(house, admin, `/jobs/${job.id}/archive`, { do: 'archive' })
    t.equal(open(), 0, 'its alarm ends')
    t.notOk(jobsIn(await read('/')).includes(job.name))
    t.match(await read('/'), /href="\/\?archived=1">Archived 1</)
    t.same(jobsIn(await read('/?archived=1')), [job.name])
    t.equal(store.history.ofJob(job.id).length, runs)
    t.match(await read(`/jobs/${job.id}`), 'This backup is archived')
    await post(house, admin, `/jobs/${job.id}/archive`, { do: 'unarchive' })
    t.ok(jobsIn(await read('/')).includes(job.name))

    await post(house, admin, `/settings/servers/${server}/archive`, { do: 'archive' })
    t.notOk(jobsIn(await read('/')).includes('Photos'))
    t.ok(jobsIn(await read('/?archived=1')).includes('Photos'))
    const page = await read(`/servers/${server}`)
    t.match(page, 'This server is archived')
    t.match(page, new RegExp(`/jobs/${photos.id}`), 'its page still has its backups')
    t.match(page, /<tbody>\s*<tr><td><span class="pill/, 'and their history')
    await post(house, admin, `/settings/servers/${server}/archive`, { do: 'unarchive' })
  })
})

/** Rows by the names in the first line. */
function parsed(csv: string): Record<string, string>[] {
  const [head = [], ...rows] =
    csv
      .replace('\ufeff', '')
      .trimEnd()
      .match(/(?:"(?:[^"]|"")*"|[^"\n])+/g)
      ?.map((line) =>
        [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
          ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
        ),
      ) ?? []
  return rows.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at] ?? ''])))
}

function theServer(house: SmallHouse, id: string) {
  const server = house.app.house.store.state().servers[id]
  if (server === undefined) throw new Error('the server is gone')
  return server
}

function jobsIn(html: string): string[] {
  return [...html.matchAll(/<th scope="row"><a [^>]*><bdi>([^<]*)</g)].map((found) => found[1] ?? '').sort()
}

function post(
  house: SmallHouse,
  who: Visitor,
  path: string,
  fields: Record<string, string>,
): Promise<Response> {
  return fetch(`${house.app.urls.public.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    headers: { ...who, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  })
}
