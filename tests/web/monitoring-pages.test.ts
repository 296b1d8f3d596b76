import t from 'tap'
import type { Incident } from '../../src/domain/incident.ts'
import type { Job } from '../../src/domain/job.ts'
import type { State } from '../../src/domain/state.ts'
import { formOf, plainText } from '../support/html-form.ts'
import { startNtfy } from '../support/ntfy-server.ts'
import { backupReport } from '../support/report-document.ts'
import { type SmallHouse, smallHouse } from '../support/small-house.ts'
import { signedIn, type Visitor } from '../support/visitors.ts'

type Changes = Readonly<Record<string, string | readonly string[] | null>>

interface Answer {
  readonly status: number
  readonly location: string
  readonly html: string
  /** The sentence that the next page says. */
  said(): Promise<string>
}

/** Somebody with a browser without script, in a house with the demonstration's last days. */
async function somebody(house: SmallHouse, role: 'administrator' | 'viewer' = 'administrator') {
  const visitor: Visitor = { ...(await signedIn(house.app, role)), 'Accept-Language': 'en-GB' }
  const address = house.app.urls.public.replace(/\/$/, '')
  const page = async (path: string) => (await house.get(path, visitor)).text()
  const post = async (action: string, fields: URLSearchParams): Promise<Answer> => {
    const answer = await fetch(`${address}${action}`, {
      method: 'POST',
      body: fields,
      headers: { ...visitor, Accept: 'text/html' },
      redirect: 'manual',
    })
    const cookie = /ds_flash=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''
    const location = answer.headers.get('location') ?? ''
    return {
      status: answer.status,
      location,
      html: await answer.text(),
      async said() {
        const headers = { ...visitor, Cookie: `${visitor['Cookie']}; ${cookie}` }
        const html = await (await house.get(location, headers)).text()
        return plainText(/<div class="tray"[\s\S]*?<\/div>/.exec(html)?.[0] ?? '')
      },
    }
  }
  return {
    house,
    page,
    state: () => house.app.house.store.state(),
    post: (action: string, fields: Changes = {}) => post(action, changed(new URLSearchParams(), fields)),
    /** The form of a page with some fields changed. */
    async send(path: string, action: string, changes: Changes) {
      return post(action, changed(formIn(await page(path), action), changes))
    },
    async audit(): Promise<Readonly<Record<string, unknown>>> {
      const { entries } = await house.app.house.store.journal('audit').read({ limit: 1 })
      return entries[0] ?? {}
    },
  }
}

type Somebody = Awaited<ReturnType<typeof somebody>>

function changed(form: URLSearchParams, changes: Changes): URLSearchParams {
  for (const [name, value] of Object.entries(changes)) {
    form.delete(name)
    for (const one of value === null ? [] : [value].flat()) form.append(name, one)
  }
  return form
}

/** Beside each form stands a search that goes to the same address. */
function formIn(html: string, action: string): URLSearchParams {
  return formOf(html.replace(/<form class="search"[\s\S]*?<\/form>/g, ''), action)
}

function jobNamed(state: State, name: string): Job {
  const job = Object.values(state.jobs).find((one) => one.name === name)
  if (job === undefined) throw new Error(`no job ${name}`)
  return job
}

function fault(html: string, id: string, name: string): string {
  return plainText(
    new RegExp(`<em class="error" id="${id}-${name}-fault">[\\s\\S]*?</em>`).exec(html)?.[0] ?? '',
  )
}

/** What the row of a job or server says. */
function row(html: string, id: string): string {
  return plainText(new RegExp(`<tr[^>]*id="r-${id}"[\\s\\S]*?</tr>`).exec(html)?.[0] ?? '')
}

const house = await smallHouse({ days: 14 })
const another = await smallHouse({ days: 14 })
for (const one of [house, another]) await one.app.calendar.now('overdue')
t.teardown(async () => {
  await house.close()
  await another.close()
})

t.test('monitoring', async (t) => {
  const me = await somebody(house)
  const path = '/settings/monitoring'
  const photos = jobNamed(me.state(), 'Photos')
  const server = photos.serverId
  const form = `/jobs/${photos.id}/monitoring`

  t.test('the table says of each job what is expected and where that is known from', async (t) => {
    const html = await me.page(path)
    for (const job of Object.values(me.state().jobs)) t.match(row(html, job.id), job.name)
    t.match(row(html, photos.id), /every day at 03:00.*was due .* announced by Duplicati/)
    t.match(row(html, photos.id), /2.h warnings and errors/)
  })

  t.test('a schedule set in the row holds at once and comes back as it was set', async (t) => {
    const edit = `${path}?edit=${photos.id}`
    const answer = await me.send(edit, form, {
      expect: 'interval',
      every: '2',
      unit: 'D',
      weekday: ['1', '2', '3', '4', '5'],
      time: '22:30',
      zone: 'Europe/Berlin',
      tolerance: 'other',
      tolerance_minutes: '95',
    })
    t.equal(answer.status, 303)
    t.equal(answer.location, `${path}#r-${photos.id}`)
    t.equal(await answer.said(), 'Saved for Photos.')
    const job = jobNamed(me.state(), 'Photos')
    t.same(job.overrides, {
      expect: {
        kind: 'interval',
        interval: '2D',
        weekdays: [1, 2, 3, 4, 5],
        timeOfDay: '22:30',
        zone: 'Europe/Berlin',
      },
      toleranceMinutes: 95,
    })
    t.equal(job.expectation?.source, 'user')
    t.match(row(await me.page(path), photos.id), /set by you.*1.h.35.m own/)
    const again = formIn(await me.page(edit), form)
    t.equal(again.get('expect'), 'interval')
    t.equal(again.get('every'), '2')
    t.equal(again.get('time'), '22:30')
    t.same(again.getAll('weekday').sort(), ['1', '2', '3', '4', '5'])
    t.equal(again.get('tolerance_minutes'), '95')
    const line = await me.audit()
    t.match(line, { action: 'job.monitoring', target: 'Photos (NAS)', result: 'done' })
    t.match(line['changes'], { toleranceMinutes: [null, 95], expect: [null, { interval: '2D' }] })
  })

  t.test('what cannot be read is said beside its field, and nothing is saved', async (t) => {
    const before = JSON.stringify(me.state().jobs)
    const bad: [Changes, string, RegExp][] = [
      [{ expect: 'interval', every: '0', unit: 'D' }, 'every', /whole number/],
      [{ expect: 'interval', every: '1x', unit: 'custom' }, 'every', /“1x” is no interval.*1D12h/],
      [{ expect: 'interval', every: '<b>', unit: 'custom' }, 'every', /“<b>” is no interval/],
      [{ expect: 'interval', time: '25:00' }, 'time', /07:30/],
      [{ expect: 'interval', zone: 'Mars/Base' }, 'zone', /no time zone “Mars\/Base”/],
      [{ expect: 'within', days: '0' }, 'days', /from 1 to 366/],
      [{ tolerance: 'other', tolerance_minutes: '-5' }, 'tolerance', /from 0 to 43,200/],
      [{ tolerance: 'other', tolerance_minutes: '' }, 'tolerance', /from 0 to 43,200/],
    ]
    for (const [changes, field, sentence] of bad) {
      const answer = await me.send(`${path}?edit=${photos.id}`, form, changes)
      t.equal(answer.status, 422, JSON.stringify(changes))
      t.match(fault(answer.html, photos.id, field), sentence)
      const typed = Object.entries(changes)[1]
      if (typed !== undefined)
        t.equal(formIn(answer.html, form).get(typed[0]), typed[1], 'what was typed stays')
    }
    t.equal(JSON.stringify(me.state().jobs), before)
  })

  t.test('one click inherits again', async (t) => {
    t.equal((await me.post(form, { reset: 'expect', next: path })).status, 303)
    t.equal((await me.post(form, { reset: 'tolerance', next: path })).status, 303)
    t.same(jobNamed(me.state(), 'Photos').overrides, {})
    t.equal((await me.post(form, { reset: '__proto__' })).status, 400)
  })

  t.test('what a server sets holds for its jobs and is shown as inherited', async (t) => {
    const edit = `${path}?edit=${server}`
    const action = `/servers/${server}/monitoring`
    const answer = await me.send(edit, action, { tolerance: '360', notify_on: 'errors' })
    t.equal(await answer.said(), 'Saved for NAS.')
    const html = await me.page(path)
    t.match(row(html, photos.id), /6.h server errors server/)
    t.match(row(html, server), /NAS tolerance 6.h tells about errors/)
    t.match(await me.page(`${path}?edit=${photos.id}`), /As its server: 6.h/)
    t.match(await me.audit(), { action: 'server.monitoring', target: 'NAS' })

    await me.post(form, { tolerance: '5', next: path })
    t.equal(jobNamed(me.state(), 'Photos').overrides.toleranceMinutes, 5)
    const applied = await me.send(edit, action, { do: 'apply' })
    t.match(await applied.said(), /All backups of NAS inherit now/)
    t.same(jobNamed(me.state(), 'Photos').overrides, {})
    t.equal(me.state().servers[server]?.overrides.toleranceMinutes, 360)
    const cleared = await me.send(edit, action, { do: 'clear' })
    t.match(await cleared.said(), /NAS and all its backups have the defaults again/)
    t.same(me.state().servers[server]?.overrides, {})
    t.match(await me.audit(), { action: 'server.inherit-all', target: 'NAS' })
  })

  t.test('the switch in a row stops and starts watching', async (t) => {
    const html = await me.page(path)
    t.match(html, /role="switch" aria-checked="true" name="watch" value="off" aria-label="Watch Photos"/)
    await me.post(form, { watch: 'off', next: path })
    t.match(await me.page('/'), /Photos[\s\S]*Paused/)
    t.match(
      await me.page(path),
      /role="switch" aria-checked="false" name="watch" value="on" aria-label="Watch Photos"/,
    )
    await me.post(form, { watch: '', next: path })
  })

  t.test('checked jobs are changed together, on other weekdays by their own rhythm', async (t) => {
    const documents = jobNamed(me.state(), 'Documents')
    const action = `${path}/bulk`
    const answer = await me.send(path, action, {
      id: [photos.id, documents.id, 'job_unknown', '__proto__'],
      notify_on: 'all',
      set_days: 'set',
      weekday: ['0', '6'],
    })
    t.equal(await answer.said(), 'Saved for 2 backups.')
    for (const name of ['Photos', 'Documents']) {
      const { overrides, expectation } = jobNamed(me.state(), name)
      t.match(overrides, { notifyOn: 'all', expect: { kind: 'interval', interval: '1D', weekdays: [0, 6] } })
      t.notOk(Object.hasOwn(overrides, 'watch'), 'what is left as it is stays as it is')
      t.match(row(await me.page(path), jobNamed(me.state(), name).id), /Saturday and Sunday at \d\d:\d\d/)
      t.equal(expectation?.source, 'user')
    }
    const nobody = await me.send(path, action, { notify_on: 'off' })
    t.equal(nobody.status, 422)
    t.match(fault(nobody.html, 'bulk', 'id'), /No backup is selected/)
    const nothing = await me.send(path, action, { id: [photos.id] })
    t.match(fault(nothing.html, 'bulk', 'id'), /Choose something/)
    await me.send(path, action, { id: [photos.id, documents.id], notify_on: '' })
    for (const name of ['Photos', 'Documents'])
      await me.post(`/jobs/${jobNamed(me.state(), name).id}/monitoring`, { reset: 'expect' })
  })

  t.test('what holds for all is saved together, or said beside the row', async (t) => {
    const answer = await me.send(path, path, {
      tolerance: '240',
      repeat: 'hours',
      repeat_hours: '6',
      'monitoring.catch_up_minutes': '45',
      'monitoring.anomalies': null,
      'monitoring.zone': 'Europe/Berlin',
      'monitoring.check_minutes': '5',
    })
    t.equal(answer.status, 303)
    t.match(me.state().settings, {
      'monitoring.tolerance_minutes': 240,
      'monitoring.repeat': '6h',
      'monitoring.catch_up_minutes': 45,
      'monitoring.anomalies': false,
      'monitoring.zone': 'Europe/Berlin',
    })
    t.match((await me.audit())['changes'], { 'monitoring.tolerance_minutes': [120, 240] })
    t.not(me.state().settings['monitoring.unstable'], false, 'what was not touched stays as it was')
    await me.send(path, path, { 'monitoring.unstable': null })
    t.equal(me.state().settings['monitoring.unstable'], false)
    await me.send(path, path, { 'monitoring.unstable': 'on' })
    t.not(me.state().settings['monitoring.unstable'], false)
    const shown = formIn(await me.page(path), path)
    t.equal(shown.get('tolerance'), '240')
    t.equal(shown.get('repeat_hours'), '6')
    const before = JSON.stringify(me.state().settings)
    for (const [changes, sentence] of [
      [{ tolerance: 'other', tolerance_minutes: '50000' }, /from 0 to 43,200/],
      [{ repeat: 'hours', repeat_hours: 'often' }, /from 1 to 9,999/],
      [{ 'monitoring.zone': 'Nowhere' }, /no time zone “Nowhere”/],
      [{ 'monitoring.catch_up_minutes': '-1' }, /from 0 to 1,440/],
    ] as const) {
      const refused = await me.send(path, path, changes)
      t.equal(refused.status, 422)
      t.match(plainText(refused.html), sentence)
    }
    t.equal(JSON.stringify(me.state().settings), before)
    await me.send(path, path, { 'monitoring.zone': '', 'monitoring.check_minutes': '1', tolerance: '120' })
  })

  t.test('the table comes as a file in which no cell is a formula', async (t) => {
    await house.app.house.store.change((state) => ({
      ...state,
      jobs: { ...state.jobs, [photos.id]: { ...jobNamed(state, 'Photos'), name: '=HYPERLINK("x")' } },
    }))
    const answer = await house.get(`${path}/jobs.csv`, await signedIn(house.app, 'viewer'))
    t.match(answer.headers.get('content-disposition'), /backup-monitoring-\d{4}-\d\d-\d\d\.csv/)
    const text = await answer.text()
    const [head, ...lines] = text.trim().split('\n')
    t.match(head, /CSV generated at,Server name,Server ID,Backup name,.*Expected interval,Allowed weekdays/)
    t.equal(lines.length, 8)
    t.match(text, /"'=HYPERLINK\(""x""\)"/)
    t.match(text, /,1D,Mon; Tue; Wed; Thu; Fri; Sat; Sun,/)
    await house.app.house.store.change((state) => ({
      ...state,
      jobs: { ...state.jobs, [photos.id]: { ...jobNamed(state, '=HYPERLINK("x")'), name: 'Photos' } },
    }))
  })

  t.test('checking now says how many are overdue; resetting tells everything anew', async (t) => {
    const checked = await me.post(`${path}/check`)
    t.match(await checked.said(), /^Checked 8 backups: one is overdue/)
    const open = Object.values(me.state().incidents)
    t.ok(open.length > 0)
    await me.post(`/incidents/${open[0]?.id}/acknowledge`)
    const reset = await me.post(`${path}/reset`)
    t.match(await reset.said(), /told again/)
    t.ok(Object.values(me.state().incidents).every((one) => one.acknowledged === null))
    t.match(await me.audit(), { action: 'notices.reset' })
  })

  t.test('the filter finds jobs, and servers with all their jobs', async (t) => {
    const found = async (q: string) =>
      [...(await me.page(`${path}?q=${encodeURIComponent(q)}`)).matchAll(/<tr id="r-(job_\w+)"/g)].length
    t.equal(await found('phot'), 1)
    t.equal(await found('NAS'), 3)
    t.equal(await found('nothing like it'), 0)
  })
})

t.test('one job', async (t) => {
  const me = await somebody(house)
  const photos = jobNamed(me.state(), 'Photos')
  const page = `/jobs/${photos.id}`

  t.test('its page corrects the expectation with one click', async (t) => {
    const html = await me.page(page)
    t.match(plainText(html), /Always expect it every day at 03:00/)
    const button = /<form method="post" action="[^"]*\/monitoring">(?:(?!<\/form>)[\s\S])*Always expect/.exec(
      html,
    )?.[0]
    const fields = [...(button ?? '').matchAll(/name="(\w+)" value="([^"]*)"/g)]
    const form = new URLSearchParams(
      fields.map(([, name = '', value = '']): [string, string] => [name, value]),
    )
    const answer = await me.post(`${page}/monitoring`, {
      ...Object.fromEntries(form),
      weekday: form.getAll('weekday'),
    })
    t.equal(answer.status, 303)
    t.match(jobNamed(me.state(), 'Photos').overrides.expect, {
      interval: '1D',
      weekdays: [],
      timeOfDay: '03:00',
    })
    await me.post(`${page}/monitoring`, { expect: 'within', days: '3' })
    t.same(jobNamed(me.state(), 'Photos').overrides.expect, { kind: 'within', days: 3 })
    t.match(plainText(await me.page(page)), /within 3 days of the last run/)
    await me.post(`${page}/monitoring`, { expect: 'manual' })
    t.equal(jobNamed(me.state(), 'Photos').expectation?.dueAt, null)
    t.match(plainText(await me.page(page)), /Find out by itself again/)
    await me.post(`${page}/monitoring`, { reset: 'expect' })
  })

  t.test('it is paused until a moment, watched again, and carries a note', async (t) => {
    const paused = await me.post(`${page}/pause`, { for: '1d' })
    t.match(await paused.said(), /^Photos is not watched until /)
    const until = Date.parse(jobNamed(me.state(), 'Photos').pausedUntil ?? '')
    t.ok(Math.abs(until - Date.now() - 86_400_000) < 60_000)
    t.match(plainText(await me.page(page)), /Monitoring is paused until .* Watch again/)
    t.notOk(Object.values(me.state().incidents).some((one) => one.jobId === photos.id))
    t.match(await me.audit(), { action: 'job.pause', target: 'Photos (NAS)' })
    const resumed = await me.post(`${page}/resume`)
    t.match(await resumed.said(), /watched again/)
    const forever = await me.post(`${page}/pause`, { for: 'forever' })
    t.match(await forever.said(), /until you say so/)
    await me.post(`${page}/resume`)
    const moment = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 16)
    await me.post(`${page}/pause`, { for: 'until', until: moment })
    t.equal(jobNamed(me.state(), 'Photos').pausedUntil, `${moment}:00.000Z`)
    t.equal((await me.post(`${page}/pause`, { for: 'until', until: '2001-01-01T00:00' })).status, 400)
    await me.post(`${page}/resume`)
    await me.post(`${page}/note`, { note: '  <b>Ask Anna</b>  ' })
    t.equal(jobNamed(me.state(), 'Photos').note, '<b>Ask Anna</b>')
    t.match(await me.page(page), /&lt;b&gt;Ask Anna/)
    t.equal((await me.post('/jobs/job_unknown/pause', { for: '1d' })).status, 404)
    t.equal((await me.post('/jobs/__proto__/note', { note: 'x' })).status, 404)
  })

  t.test('its form shows what was wrong on a page of its own', async (t) => {
    const answer = await me.post(`${page}/monitoring`, { expect: 'interval', every: 'x', unit: 'D' })
    t.equal(answer.status, 422)
    t.match(fault(answer.html, photos.id, 'every'), /whole number/)
    t.match(plainText(answer.html), /Monitoring of Photos/)
  })

  t.test('a whole server is paused and watched again', async (t) => {
    const paused = await me.post(`/servers/${photos.serverId}/pause`, { for: '1w' })
    t.match(await paused.said(), /^NAS is not watched until /)
    t.match(
      plainText(await me.page('/settings/monitoring')),
      /NAS Monitoring of the whole server is paused until/,
    )
    const shown = plainText(await me.page(`/servers/${photos.serverId}`))
    t.match(shown, /\d backups, all fine\./, 'what is paused lacks nothing')
    await me.post(`/servers/${photos.serverId}/resume`)
    t.match(await me.audit(), { action: 'server.resume', target: 'NAS' })
  })
})

t.test('maintenance windows', async (t) => {
  const me = await somebody(house)
  const path = '/settings/maintenance'
  const photos = jobNamed(me.state(), 'Photos')
  const windows = () => (me.state().settings['maintenance.windows'] ?? []) as Record<string, unknown>[]

  t.test('one is added, changed and removed', async (t) => {
    const added = await me.send(path, `${path}/new`, {
      name: 'Night',
      subject: photos.serverId,
      weekday: ['1', '2', '3', '4', '5'],
      from: '23:00',
      to: '05:00',
    })
    t.equal(await added.said(), 'Night is saved.')
    const id = String(windows()[0]?.['id'])
    t.match(windows(), [
      { kind: 'weekly', serverId: photos.serverId, jobId: null, from: '23:00', weekdays: [1, 2, 3, 4, 5] },
    ])
    t.match(row(await me.page(path), id), /Night all of NAS Monday to Friday, 23:00 to 05:00/)
    const changed = await me.send(`${path}?edit=${id}`, `${path}/${id}`, {
      name: 'Move',
      subject: photos.id,
      kind: 'once',
      begin: '2026-01-02T10:00',
      end: '2026-01-02T12:30',
    })
    t.equal(changed.status, 303)
    t.match(windows(), [{ id, kind: 'once', jobId: photos.id, from: '2026-01-02T10:00:00.000Z' }])
    t.match(row(await me.page(path), id), /Move Photos on NAS .* over/)
    const removed = await me.post(`${path}/${id}`, { do: 'remove' })
    t.equal(await removed.said(), 'Move is removed.')
    t.same(windows(), [])
    t.match(await me.audit(), { action: 'maintenance.remove', target: 'Move' })
    t.equal((await me.post(`${path}/${id}`, { do: 'remove' })).status, 404)
  })

  t.test('what is missing or turned round is said beside its field', async (t) => {
    for (const [changes, field, sentence] of [
      [{ name: '', from: '01:00', to: '02:00' }, 'name', /A name of 1 to 100/],
      [{ name: 'x', from: '', to: '02:00' }, 'from', /07:30/],
      [{ name: 'x', from: '01:00', to: '02:00', zone: 'Moon' }, 'zone', /no time zone “Moon”/],
      [{ name: 'x', from: '01:00', to: '02:00', subject: '__proto__' }, 'subject', /Choose one/],
      [{ name: 'x', kind: 'once', begin: '', end: '2026-01-01T00:00' }, 'begin', /A day and a time/],
      [
        { name: 'x', kind: 'once', begin: '2026-01-02T00:00', end: '2026-01-01T00:00' },
        'end',
        /after the beginning/,
      ],
    ] as const) {
      const answer = await me.send(path, `${path}/new`, changes)
      t.equal(answer.status, 422)
      t.match(fault(answer.html, 'w', field), sentence)
    }
    t.same(windows(), [])
  })
})

t.test('activity', async (t) => {
  const me = await somebody(another)
  const ntfy = await startNtfy()
  t.teardown(() => ntfy.close())
  const overdue = () => named(me, 'overdue')

  t.test('it shows what is open, and each run of the last days under its day', async (t) => {
    const text = plainText(await me.page('/activity'))
    t.match(text, /problems are open/)
    t.match(text, /Open now .*Overdue Photos on NAS Expected .* Nobody was told\. Acknowledge Snooze/)
    t.match(text, /Backup : Success/)
    t.match(plainText(await me.page('/activity?kind=runs')), /Databases/)
    t.notMatch(plainText(await me.page('/activity?kind=incidents')), /Backup : Success/)
  })

  t.test('older pages go on where the last one ended, and nothing is shown twice', async (t) => {
    const runs = (html: string) => [...html.matchAll(/href="\/runs\/(run_\w+)"/g)].map(([, id]) => id ?? '')
    const first = await me.page('/activity?kind=runs')
    const older = /href="(\/activity\?[^"]*before=[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = await me.page(older)
    t.equal(runs(first).length, 60)
    t.equal(new Set([...runs(first), ...runs(second)]).size, runs(first).length + runs(second).length)
    const photos = jobNamed(me.state(), 'Photos')
    const mine = await me.page(`/activity?kind=runs&about=${photos.id}`)
    t.equal(runs(mine).length, another.app.house.store.history.countOfJob(photos.id))
  })

  t.test('an incident is acknowledged, taken back, snoozed and woken', async (t) => {
    const { id } = overdue()
    const acknowledged = await me.post(`/incidents/${id}/acknowledge`, { next: '/activity' })
    t.match(await acknowledged.said(), /Acknowledged: no reminders/)
    t.match(overdue().acknowledged?.by, /^administrator-/)
    t.match(await me.audit(), { action: 'incident.acknowledge', target: 'overdue: Photos (NAS)' })
    t.match(plainText(await me.page('/activity')), /Acknowledged by administrator-/)
    await me.post(`/incidents/${id}/unacknowledge`)
    t.equal(overdue().acknowledged, null)
    const snoozed = await me.post(`/incidents/${id}/snooze`, { for: '1d', next: '/' })
    t.equal(snoozed.location, '/')
    t.match(await snoozed.said(), /Not a word until /)
    t.match(plainText(await me.page('/activity')), /Snoozed until .* End snooze/)
    await me.post(`/incidents/${id}/wake`)
    t.equal(overdue().snoozedUntil, null)
    const past = await me.post(`/incidents/${id}/snooze`, { for: 'until', until: '2001-01-01T00:00' })
    t.match(await past.said(), /still to come/)
    t.equal(overdue().snoozedUntil, null)
    const gone = await me.post('/incidents/inc_gone/acknowledge')
    t.match(await gone.said(), /not open any more/)
    const elsewhere = await me.post(`/incidents/${id}/acknowledge`, { next: '//evil.example' })
    t.equal(elsewhere.location, '/')
    await me.post(`/incidents/${id}/unacknowledge`)
  })

  t.test('odd figures that are right become the usual ones', async (t) => {
    const anomaly = named(me, 'anomaly')
    const answer = await me.post(`/incidents/${anomaly.id}/expected`)
    t.match(await answer.said(), /usual ones from now on/)
    t.notOk(Object.values(me.state().incidents).some((one) => one.cause === 'anomaly'))
    const text = plainText(await me.page('/activity?kind=incidents'))
    t.match(text, /Odd run Documents on NAS .*Someone said that the new figures are right/)
  })

  t.test('it says what was told to whom, whether it arrived, and sends it again', async (t) => {
    ntfy.mood = { status: 403, body: '{"code":40301,"error":"forbidden"}' }
    await another.app.house.store.change((state) => ({
      ...state,
      settings: {
        ...state.settings,
        'ntfy.server': ntfy.url,
        'ntfy.topic': 'home',
        'notices.ntfy.enabled': true,
        'notices.gather_seconds': 0,
      },
    }))
    await me.post('/settings/monitoring/reset')
    await until(() => Object.values(me.state().notices).some((one) => one.state === 'failed'))
    const failed = await me.page('/activity')
    const card = async () => plainText(await me.page(`/jobs/${jobNamed(me.state(), 'Photos').id}/card`))
    t.match(
      await card(),
      /Expected \d.*Overdue since \d.*Last check \d.*Last message \d.* ntfy, Not delivered .*Runs \d+ Warnings \d/,
    )
    t.match(plainText(failed), /Several at once ntfy : not delivered, given up .* after one attempt/)
    ntfy.mood = 'take'
    const action = /action="(\/notices\/[^"]+\/resend)"/.exec(failed)?.[1] ?? ''
    const resent = await me.post(action, { next: '/activity?kind=messages' })
    t.match(await resent.said(), /sent again/)
    await ntfy.arrived(1)
    await until(() => Object.values(me.state().notices).some((one) => one.state === 'delivered'))
    await until(async () => /delivered /.test(plainText(await me.page('/activity?kind=messages'))))
    t.match(plainText(await me.page('/activity?kind=messages')), /ntfy : delivered \d/)
    t.match(await card(), /Last message \d.* ntfy, Delivered/)
    t.match(plainText(await me.page('/activity?kind=incidents')), /2 messages/)
    t.equal((await me.post('/notices/ntc_gone/resend')).status, 404)
  })
})

t.test('notifications', async (t) => {
  const me = await somebody(another)
  const path = '/settings/notifications'
  const ntfy = await startNtfy()
  t.teardown(() => ntfy.close())
  await another.app.house.store.change((state) => ({
    ...state,
    settings: { 'ntfy.server': ntfy.url, 'ntfy.topic': 'home' },
  }))

  t.test('the page says that nobody is told, until a channel is in use', async (t) => {
    t.match(plainText(await me.page(path)), /Nobody is told of anything yet/)
    const answer = await me.send(path, path, {
      'notices.ntfy.enabled': 'on',
      'notices.ntfy.on': 'errors',
      'notices.on': 'all',
      quiet_from: '22:00',
      quiet_to: '07:00',
      extra_emails: 'a@example.org; b@example.org',
      extra_topic: 'office',
      'notices.extra_topic_on': 'errors',
    })
    t.equal(answer.status, 303)
    t.match(me.state().settings, {
      'notices.ntfy.enabled': true,
      'notices.ntfy.on': 'errors',
      'notices.on': 'all',
      'notices.quiet': { from: '22:00', to: '07:00' },
      'notices.extra_emails': ['a@example.org', 'b@example.org'],
      'notices.extra_topic': 'office',
    })
    const html = await me.page(path)
    t.notMatch(html, /Nobody is told/)
    t.match(plainText(html), /a@example\.org and b@example\.org/)
    t.match(await me.audit(), { action: 'settings', target: 'notifications' })
    t.equal(formIn(html, path).get('quiet_to'), '07:00')
  })

  t.test('bad addresses, topics and hours are said where they stand', async (t) => {
    const before = JSON.stringify(me.state().settings)
    for (const [changes, sentence] of [
      [{ extra_emails: 'fine@example.org nobody' }, /“nobody” is not an address: it needs one @/],
      [{ extra_topic: 'my topic' }, /only the letters A to Z, digits/],
      [{ quiet_from: '22:00', quiet_to: '' }, /Two different times/],
      [{ quiet_from: '22:00', quiet_to: '22:00' }, /Two different times/],
      [{ 'notices.gather_seconds': '9999' }, /from 0 to 600/],
    ] as const) {
      const answer = await me.send(path, path, changes)
      t.equal(answer.status, 422)
      t.match(plainText(answer.html), sentence)
    }
    t.equal(JSON.stringify(me.state().settings), before)
  })

  t.test('a test goes to what was typed, says what came of it, and saves nothing', async (t) => {
    const before = JSON.stringify(me.state().settings)
    const sent = await me.send(path, path, { extra_topic: 'new-office', test: 'extra_topic' })
    t.equal(sent.status, 200)
    t.match(plainText(sent.html), /Sent to one receiver\. Nothing was saved yet/)
    t.equal(ntfy.pushes.at(-1)?.topic, 'new-office')
    await me.send(path, path, { test: 'channel:ntfy' })
    t.equal(ntfy.pushes.at(-1)?.topic, 'home')
    ntfy.mood = { status: 401 }
    const refused = await me.send(path, path, { test: 'channel:ntfy' })
    t.match(plainText(refused.html), /The test did not go through: /)
    ntfy.mood = 'take'
    const mailed = await me.send(path, path, {
      extra_emails: 'a@example.org b@example.org',
      test: 'extra_emails',
    })
    t.match(plainText(mailed.html), /The test did not reach a@example\.org, b@example\.org: /)
    const wrong = await me.send(path, path, { extra_topic: 'my topic', test: 'extra_topic' })
    t.match(plainText(wrong.html), /only the letters/)
    t.equal(JSON.stringify(me.state().settings), before)
  })

  t.test('a job has receivers of its own, and a server for its jobs', async (t) => {
    const photos = jobNamed(me.state(), 'Photos')
    const edit = `${path}?edit=${photos.id}`
    const form = `/jobs/${photos.id}/monitoring`
    const answer = await me.send(edit, form, {
      notify_on: 'off',
      overdue_notices: 'off',
      repeat: 'weekly',
      'channel:email': 'off',
      emails: 'own',
      extra_emails: '',
      topic: 'own',
      extra_topic: 'photos',
      topic_on: 'all',
    })
    t.equal(answer.location, `${path}#r-${photos.id}`)
    t.same(jobNamed(me.state(), 'Photos').overrides, {
      notifyOn: 'off',
      overdueNotices: false,
      repeat: 'weekly',
      channels: { email: false },
      extraEmails: [],
      extraTopic: 'photos',
      extraTopicOn: 'all',
    })
    t.match(
      row(await me.page(path), photos.id),
      /nothing own no own yes weekly own ntfy Email own none own photos \(every run\) own/,
    )
    const tested = await me.send(edit, form, { extra_topic: 'photos-2', test: 'extra_topic' })
    t.match(tested.html, /Sent to one receiver/)
    t.equal(ntfy.pushes.at(-1)?.topic, 'photos-2')
    const bad = await me.send(edit, form, { emails: 'own', extra_emails: 'anna' })
    t.equal(bad.status, 422)
    t.match(fault(bad.html, photos.id, 'extra_emails'), /“anna” is not an address/)
    const offered = (await me.page(edit)).matchAll(/name="reset" value="([^"]+)"/g)
    t.same(
      [...offered].map(([, name]) => name),
      ['notify_on', 'overdue_notices', 'repeat', 'channel:email', 'emails', 'topic'],
      'whatever is set apart has its button to inherit again',
    )
    await me.post(form, { reset: 'emails' })
    t.notOk(Object.hasOwn(jobNamed(me.state(), 'Photos').overrides, 'extraEmails'))
    await me.post(form, { reset: 'channel:email' })
    t.notOk(Object.hasOwn(jobNamed(me.state(), 'Photos').overrides, 'channels'))

    const action = `/servers/${photos.serverId}/monitoring`
    await me.send(`${path}?edit=${photos.serverId}`, action, {
      topic: 'own',
      extra_topic: 'nas',
      'channel:ntfy': 'off',
    })
    t.match(row(await me.page(path), jobNamed(me.state(), 'Documents').id), /ntfy server Email .*nas.*server/)
    await me.send(`${path}?edit=${photos.serverId}`, action, { do: 'apply' })
    t.same(jobNamed(me.state(), 'Photos').overrides, {}, 'jobs inherit')
    t.equal(me.state().servers[photos.serverId]?.overrides.extraTopic, 'nas')
  })

  t.test('checked jobs get the same receivers', async (t) => {
    const ids = Object.values(me.state().jobs).map((job) => job.id)
    const answer = await me.send(path, `${path}/bulk`, {
      id: ids,
      'channel:ntfy': 'off',
      emails: 'own',
      extra_emails: 'all@example.org',
    })
    t.equal(await answer.said(), 'Saved for 8 backups.')
    for (const job of Object.values(me.state().jobs))
      t.match(job.overrides, { channels: { ntfy: false }, extraEmails: ['all@example.org'] })
  })
})

t.test('known warnings and what comes and goes', async (t) => {
  const me = await somebody(another)
  const hour = 3_600_000
  let begin = Date.now() - 90 * 24 * hour
  const report = async (warnings: readonly string[], errors: readonly string[] = []) => {
    begin += 24 * hour
    const result = errors.length > 0 ? 'Error' : warnings.length > 0 ? 'Warning' : 'Success'
    await another.report(nightly(new Date(begin), result, warnings, errors))
    await another.app.house.store.settled()
    const job = jobNamed(me.state(), 'Ledger')
    const no = job.status.lastRun?.no ?? 0
    return { job, path: `/runs/run_${no.toString(36)}` }
  }
  const locked = (file: string) => `Failed to process path: C:\\Users\\Ann\\${file}`
  const causes = () =>
    Object.values(me.state().incidents)
      .filter(({ jobId }) => jobId === jobNamed(me.state(), 'Ledger').id)
      .map(({ cause }) => cause)
      .filter((cause) => cause !== 'overdue' && cause !== 'server-silent')

  t.test('a warning of a run is muted on its page, by whom and until when', async (t) => {
    const { job, path } = await report([locked('a <b>.pst'), locked('c.pst')])
    t.same(causes(), ['warning'])
    const html = await me.page(path)
    t.match(plainText(html), /a <b>\.pst 2 times Known, do not tell/)
    const action = `${path}/mute`
    const none = await me.post(action, { kind: 'made up', for: 'forever' })
    t.equal(none.status, 400)
    t.equal((await me.send(path, action, { for: 'until', until: '2001-01-01T00:00' })).status, 400)
    t.equal((await me.send(path, action, { for: 'soon' })).status, 400)
    const answer = await me.send(path, action, { for: 'until', until: '2035-01-02T03:04' })
    t.match(await answer.said(), /The warning is muted/)
    t.same(causes(), [], 'what was open about it is over')
    t.match(await me.audit(), {
      action: 'warning.mute',
      target: 'Ledger (OFFICE)',
      changes: { until: [null, '2035-01-02T03:04:00.000Z'] },
    })
    for (const page of [path, `/jobs/${job.id}`])
      t.match(plainText(await me.page(page)), /Muted by administrator-\S+, .* until 2 Jan 2035, 03:04/)
    await report([locked('another one.pst')])
    t.same(causes(), [])
    await report([locked('a.pst'), 'The quota is nearly used'])
    t.same(causes(), ['warning'])
  })

  t.test('it is heard again, and a viewer is offered neither', async (t) => {
    const { job, path } = await report([locked('d.pst')])
    t.same(causes(), [])
    const viewer = await somebody(another, 'viewer')
    t.match(plainText(await viewer.page(`/jobs/${job.id}`)), /Muted by administrator/)
    t.notMatch(await viewer.page(`/jobs/${job.id}`), /unmute/)
    const [muted] = job.muted ?? []
    t.equal((await viewer.post(`/jobs/${job.id}/unmute`, { kind: muted?.kind ?? '' })).status, 403)
    t.equal((await viewer.post(`${path}/mute`, { kind: muted?.kind ?? '', for: 'forever' })).status, 403)
    const answer = await me.send(`/jobs/${job.id}`, `/jobs/${job.id}/unmute`, {})
    t.match(await answer.said(), /told again from the next run/)
    t.match(await me.audit(), { action: 'warning.unmute', target: 'Ledger (OFFICE)' })
    t.equal((await me.post(`/jobs/${job.id}/unmute`, { kind: 'x' })).status, 404)
    await report([locked('e.pst')])
    t.same(causes(), ['warning'])
    await report([])
  })

  t.test('an unstable job says so, with why nothing more comes, and what was before', async (t) => {
    for (const bad of [true, false, true, false]) await report([], bad ? ['no route to host'] : [])
    const { job } = await report([], ['no route to host'])
    t.same(causes().sort(), ['failed', 'unstable'])
    const shown = plainText(await me.page(`/jobs/${job.id}`))
    t.match(
      shown,
      /Unstable This comes and goes; it has begun 3 times\. .*Last time: Failed: no route to host/,
    )
    t.match(shown, /not told each time any more, only if it lasts, and once 10 runs in a row/)
    t.match(shown, /A run went through without warnings/, 'its past problems are there too')
    const activity = plainText(await me.page(`/activity?about=${job.id}`))
    t.match(activity, /Not told: it comes and goes, and that was said once/)
    t.match(plainText(await me.page('/')), /Ledger on OFFICE.*This comes and goes/s)
  })
})

/** A report of a job called Ledger on a machine called OFFICE. */
function nightly(
  begin: Date,
  result: 'Success' | 'Warning' | 'Error',
  warnings: readonly string[],
  errors: readonly string[],
) {
  return backupReport({
    machine: {
      id: 'm-office',
      name: 'OFFICE',
      system: 'Windows',
      systemDetail: 'Windows 11',
      installation: 'i-office',
      version: '2.3.0.4 (2.3.0.4_stable_2026-03-12)',
      zone: 'UTC',
    },
    job: { backupId: 'DB-7', name: 'Ledger', destination: 'file' },
    begin,
    durationS: 300,
    result,
    next: null,
    sourceBytes: 1e9,
    sourceFiles: 1000,
    addedFiles: 5,
    addedBytes: 1e6,
    modifiedFiles: 5,
    modifiedBytes: 1e6,
    deletedFiles: 0,
    uploadedBytes: 1e6,
    storedBytes: 2e9,
    versionsBefore: [],
    versionsDeleted: [],
    warnings,
    errors,
    exception: null,
    quota: null,
  })
}

t.test('a viewer reads everything and is offered nothing to change', async (t) => {
  const me = await somebody(another, 'viewer')
  const photos = jobNamed(me.state(), 'Photos')
  for (const path of [
    '/activity',
    '/settings/monitoring',
    `/settings/monitoring?edit=${photos.id}`,
    '/settings/notifications',
    '/settings/maintenance',
    `/jobs/${photos.id}`,
    `/jobs/${photos.id}/monitoring`,
  ]) {
    const html = await me.page(path)
    const posts = [...html.matchAll(/<form[^>]*method="post"[^>]*action="([^"]*)"/g)].map(
      ([, action]) => action,
    )
    t.same(
      posts.filter(
        (action) => action !== '/sign-out' && action !== '/preferences' && action !== path.split('?')[0],
      ),
      [],
      path,
    )
    t.notMatch(html, /<button class="primary"/, `${path} has nothing to save`)
  }
  t.equal((await me.post(`/jobs/${photos.id}/pause`, { for: '1d' })).status, 403)
})

function named(me: Somebody, cause: Incident['cause']): Incident {
  const incident = Object.values(me.state().incidents).find((one) => one.cause === cause)
  if (incident === undefined) throw new Error(`no ${cause}`)
  return incident
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('it never came to that')
}
