import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createApp } from '../../src/app.ts'
import { monitoringSettings } from '../../src/domain/monitoring-settings.ts'
import type { Notice } from '../../src/domain/notice.ts'
import { trashOf } from '../../src/domain/trash.ts'
import { createLog } from '../../src/kit/log.ts'
import { readSettings } from '../../src/settings/read.ts'
import { setClock } from '../support/set-clock.ts'
import { type SmallHouse, smallHouse } from '../support/small-house.ts'
import { signedIn, type Visitor } from '../support/visitors.ts'

interface Asked {
  readonly status: number
  readonly to: string
  readonly html: string
}

async function ask(
  house: SmallHouse,
  who: Visitor,
  path: string,
  form?: Readonly<Record<string, string>> | FormData,
): Promise<Asked> {
  const answer = await fetch(`${house.app.urls.public.replace(/\/$/, '')}${path}`, {
    headers: { ...who, Accept: 'text/html' },
    redirect: 'manual',
    ...(form === undefined
      ? {}
      : { method: 'POST', body: form instanceof FormData ? form : new URLSearchParams(form) }),
  })
  return { status: answer.status, to: answer.headers.get('location') ?? '', html: await answer.text() }
}

/** Everything that pages and programs see of jobs and runs. */
function seen(house: SmallHouse) {
  const { store } = house.app.house
  const { servers, jobs, incidents } = store.state()
  const runs = store.history.latest(100_000).map(({ no, jobId, serverId }) => `${no} ${jobId} ${serverId}`)
  return JSON.parse(
    JSON.stringify({ servers, jobs, incidents, runs: runs.sort(), totals: store.history.totals }),
  ) as unknown
}

function firstJob(house: SmallHouse) {
  const job = Object.values(house.app.house.store.state().jobs).find((one) => one.status.recent.length > 5)
  if (job === undefined) throw new Error('the demonstration has jobs')
  return job
}

/** Somebody knows a warning of this job. */
function mute(house: SmallHouse, jobId: string): Promise<void> {
  const warning = { kind: 'The file … is locked', sample: 'The file /a is locked', until: 'forever' }
  return house.app.house.actions.warnings.mute(jobId, warning, { who: 'anna', from: '::1' })
}

t.test('what is removed is counted first, gone after, and comes back as it was', async (t) => {
  // Nothing is looked for by itself meanwhile.
  const clock = setClock('2026-11-20T12:00:00.000Z')
  const house = await smallHouse({ days: 10, now: clock.now(), clock })
  t.teardown(() => house.close())
  const who = await signedIn(house.app, 'administrator')
  const { store } = house.app.house
  const job = firstJob(house)
  await mute(house, job.id)
  for (const [what, more] of [
    ['age', { days: '7' }],
    ['job-runs', { id: job.id }],
    ['job', { id: job.id }],
    ['server', { id: job.serverId }],
    ['everything', {}],
  ] as const) {
    const before = seen(house)
    const size = store.history.size
    const query = new URLSearchParams({ what, ...more })
    const page = await ask(house, who, `/settings/database/clean?${query}`)
    t.equal(page.status, 200, what)
    t.match(page.html, /runs with|Everything|One run/, `${what} is shown before it goes`)
    t.same(seen(house), before, 'looking changes nothing')
    t.equal((await ask(house, who, '/settings/database/clean', { what, ...more })).status, 303)
    t.ok(store.history.size < size, `${what}: runs went`)
    if (what === 'job') t.notOk(store.state().jobs[job.id], 'the job is gone')
    if (what === 'everything') t.same(store.state().servers, {})
    for (const one of Object.values(store.state().jobs)) {
      const left = store.history.ofJob(one.id).map((row) => row.no)
      t.ok(
        one.status.recent.every((run) => left.includes(run.no)),
        'no job remembers a run that went',
      )
    }
    const item = trashOf(store.state())[0]
    const undone = await ask(house, who, `/settings/database/trash/${item?.id}/undo`, {})
    t.equal(undone.status, 303)
    t.same(seen(house), before, `${what} is undone exactly`)
  }
  const no = job.status.lastRun?.no ?? 0
  const id = `run_${no.toString(36)}`
  t.equal((await ask(house, who, '/settings/database/clean', { what: 'run', id })).status, 303)
  t.not(store.state().jobs[job.id]?.status.lastRun?.no, no, 'the run before is the last one now')
  t.equal((await ask(house, who, '/settings/database/clean?what=job&id=nobody')).status, 404)
  t.equal((await ask(house, who, '/settings/database/clean?what=age&days=0')).status, 400)
  const audit = await store.journal('audit').read({ limit: 50 })
  t.ok(audit.entries.some((entry) => entry['action'] === 'care.remove'))
})

t.test('two servers become one and two again', async (t) => {
  const house = await smallHouse({ days: 6 })
  t.teardown(() => house.close())
  const who = await signedIn(house.app, 'administrator')
  const { store } = house.app.house
  const [into, from] = Object.values(store.state().servers)
  if (into === undefined || from === undefined) throw new Error('the demonstration has servers')
  for (const id of Object.keys(store.state().jobs)) await mute(house, id)
  const before = seen(house)
  const wish = { kind: 'servers', from: from.id, into: into.id }
  const page = await ask(house, who, `/settings/database/merge?${new URLSearchParams(wish)}`)
  t.equal(page.status, 200)
  t.equal((await ask(house, who, '/settings/database/merge', wish)).status, 303)
  t.notOk(store.state().servers[from.id])
  t.ok(
    store.history.latest(1000).every((row) => row.serverId !== from.id),
    'its runs belong to the other',
  )
  t.ok(
    Object.values(store.state().jobs).every((job) => job.muted?.length === 1),
    'and what was muted still is',
  )
  const item = trashOf(store.state())[0]
  await ask(house, who, `/settings/database/trash/${item?.id}/undo`, {})
  t.same(seen(house), before)
})

t.test('maintenance windows go and come back with what they hold for, and follow a merge', async (t) => {
  const house = await smallHouse({ days: 6 })
  t.teardown(() => house.close())
  const who = await signedIn(house.app, 'administrator')
  const { store } = house.app.house
  const [into, from] = Object.values(store.state().servers)
  const job = Object.values(store.state().jobs).find((one) => one.serverId === from?.id)
  if (into === undefined || from === undefined || job === undefined) throw new Error('there are servers')
  const window = (id: string, serverId: string | null, jobId: string | null) =>
    ({
      id,
      name: id,
      serverId,
      jobId,
      kind: 'weekly',
      weekdays: [],
      from: '01:00',
      to: '02:00',
      zone: null,
    }) as const
  const all = [window('all', null, null), window('server', from.id, null), window('job', from.id, job.id)]
  await store.change((state) => ({
    ...state,
    settings: { ...state.settings, 'maintenance.windows': all },
    servers: { ...state.servers, [from.id]: { ...from, overrides: { toleranceMinutes: 7 } } },
  }))
  const windows = () => monitoringSettings(store.state()).windows
  const undo = () => ask(house, who, `/settings/database/trash/${trashOf(store.state()).at(-1)?.id}/undo`, {})

  await ask(house, who, '/settings/database/merge', { kind: 'servers', from: from.id, into: into.id })
  t.same(windows(), [all[0], window('server', into.id, null), window('job', into.id, job.id)])
  t.equal(store.state().servers[into.id]?.overrides.toleranceMinutes, 7, 'what was set for its jobs holds on')
  await undo()
  t.same(windows(), all)
  t.same(store.state().servers[into.id]?.overrides, {})

  const other = Object.values(store.state().jobs).find((one) => one.serverId === into.id)
  await ask(house, who, '/settings/database/merge', { kind: 'jobs', from: job.id, into: other?.id ?? '' })
  t.same(windows()[2], window('job', into.id, other?.id ?? ''))
  await undo()
  t.same(windows(), all)

  await ask(house, who, '/settings/database/clean', { what: 'job', id: job.id })
  t.same(windows(), all.slice(0, 2))
  await undo()
  t.same(windows(), all)
  await ask(house, who, '/settings/database/clean', { what: 'server', id: from.id })
  t.same(windows(), all.slice(0, 1))
  await undo()
  t.same(windows(), all)
})

t.test(
  'what is still to be said goes with what it is about, and is said after all when that comes back',
  async (t) => {
    const clock = setClock('2026-11-20T12:00:00Z')
    const house = await smallHouse({ days: 6, now: clock.now(), clock })
    t.teardown(() => house.close())
    const who = await signedIn(house.app, 'administrator')
    const { store } = house.app.house
    const failed = Object.values(store.state().incidents).find((one) => one.cause === 'failed')
    const [job] = Object.values(store.state().jobs).filter((one) => one.id === failed?.jobId)
    const into = Object.values(store.state().jobs).find((one) => one.id !== job?.id)
    if (failed === undefined || job === undefined || into === undefined) throw new Error('a backup failed')
    const notice: Notice = {
      id: 'ntc_waits',
      kind: 'opened',
      channel: 'ntfy',
      to: null,
      incidentIds: [failed.id],
      jobIds: [job.id],
      runNo: null,
      createdAt: clock.now().toISOString(),
      dueAt: '2026-11-20T23:00:00Z',
      attempts: 0,
      lastTriedAt: null,
      lastError: null,
      state: 'owed',
      finishedAt: null,
    }
    await store.change((state) => ({ ...state, notices: { [notice.id]: notice } }))
    for (const [path, form] of [
      ['merge', { kind: 'jobs', from: job.id, into: into.id }],
      ['clean', { what: 'job', id: job.id }],
    ] as const) {
      await ask(house, who, `/settings/database/${path}`, form)
      t.notOk(store.state().notices[notice.id], `${path}: nothing is said of what went`)
      await ask(house, who, `/settings/database/trash/${trashOf(store.state()).at(-1)?.id}/undo`, {})
      t.same(store.state().notices[notice.id], notice, `${path}: it is still to be said`)
    }
  },
)

t.test('pages lead to removing and merging, for administrators only', async (t) => {
  const house = await smallHouse({ days: 4 })
  t.teardown(() => house.close())
  const who = await signedIn(house.app, 'administrator')
  const viewer = await signedIn(house.app, 'viewer')
  const { store } = house.app.house
  const job = firstJob(house)
  const no = job.status.lastRun?.no ?? 0
  const clean = '/settings/database/clean?what='
  for (const [path, link] of [
    [`/runs/run_${no.toString(36)}`, `${clean}run&amp;id=run_${no.toString(36)}`],
    [`/jobs/${job.id}`, `${clean}job-runs&amp;id=${job.id}`],
    [`/jobs/${job.id}`, `${clean}job&amp;id=${job.id}`],
    [`/servers/${job.serverId}`, `${clean}server&amp;id=${job.serverId}`],
  ] as const) {
    t.ok((await ask(house, who, path)).html.includes(link), `${path} has ${link}`)
    t.notOk((await ask(house, viewer, path)).html.includes(clean), `${path} has none for a viewer`)
    t.equal((await ask(house, who, link.replace('&amp;', '&'))).status, 200)
  }
  const server = store.state().servers[job.serverId]
  await house.report({
    Data: { MainOperation: 'Backup', ParsedResult: 'Success', BeginTime: new Date().toISOString() },
    Extra: {
      'machine-id': 'set up anew',
      'machine-name': server?.name,
      'backup-id': 'DB-1',
      'backup-name': 'Something else',
    },
  })
  await store.settled()
  const twin = Object.values(store.state().servers).find((one) => one.machineId === 'set up anew')
  const merge = `/settings/database/merge?kind=servers&amp;from=${twin?.id}&amp;into=${server?.id}`
  for (const path of [`/settings/servers/${server?.id}`, '/settings/database'])
    t.ok((await ask(house, who, path)).html.includes(merge), `${path} suggests it`)
  const page = await ask(house, who, merge.replaceAll('&amp;', '&'))
  t.match(page.html, /Something else/)
  t.notMatch(page.html, / → /, 'jobs of two machines with one backup id and two names stay two')
})

t.test('an archive is checked, restored at the next start, and what was before is kept', async (t) => {
  const house = await smallHouse({ days: 6 })
  const who = await signedIn(house.app, 'administrator')
  const before = seen(house)
  const address = house.app.urls.public.replace(/\/$/, '')
  const answer = await fetch(`${address}/settings/database/archive`, { headers: who })
  t.equal(answer.status, 200)
  const archive = Buffer.from(await answer.arrayBuffer())
  t.equal(archive.readUInt16LE(0), 0x8b1f, 'it is packed')
  const upload = (bytes: Uint8Array) => {
    const form = new FormData()
    form.set('archive', new Blob([Buffer.from(bytes)]), 'a.tar.gz')
    return ask(house, who, '/settings/database/restore', form)
  }
  for (const [what, bytes] of [
    ['cut', archive.subarray(0, archive.length >> 1)],
    ['something else', Buffer.from('SQLite format 3\0 and more')],
    ['nothing', Buffer.alloc(0)],
  ] as const) {
    t.equal((await upload(bytes)).status, 400, `${what} is refused`)
    t.notOk(existsSync(join(house.dir, 'restore-pending')), `${what} leaves nothing`)
  }
  t.same(seen(house), before)
  await ask(house, who, '/settings/database/clean', { what: 'everything' })
  t.equal((await upload(archive)).to, '/settings/database/restore')
  const page = await ask(house, who, '/settings/database/restore')
  t.match(page.html, /made by this installation/)
  t.equal((await ask(house, who, '/settings/database/restore/agree', {})).status, 200)
  await house.app.stop()
  const settings = readSettings({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: house.dir, TZ: 'UTC' }, '/none')
  const again = await createApp(settings, { log: createLog({ level: 'error' }) })
  const restored = { ...house, app: again }
  t.same(seen(restored), before, 'everything is as it was in the archive')
  t.equal(
    (await fetch(`${again.urls.public}settings/database`, { headers: who, redirect: 'manual' })).status,
    303,
  )
  const kept = readdirSync(join(house.dir, 'backups')).find((name) => name.startsWith('before-restore-'))
  t.ok(kept, 'what was before stands in backups')
  t.match(readFileSync(join(house.dir, 'backups', kept ?? '', 'db.json'), 'utf8'), /"jobs":\{\}/)
  await again.stop()
  await restored.close().catch(() => undefined)
})

t.test('a kill between agreeing and the end of the swap loses nothing', async (t) => {
  const house = await smallHouse({ days: 3 })
  const before = seen(house)
  const { care } = house.app.house
  await care.stage(care.archive())
  await care.restore({ who: 'test', from: 'here', administrator: true })
  await house.app.stop()
  // As after a kill when half of the files stood aside already.
  const ready = JSON.parse(readFileSync(join(house.dir, 'restore-pending', 'READY'), 'utf8')) as {
    backup: string
  }
  const { mkdirSync, renameSync } = await import('node:fs')
  mkdirSync(join(house.dir, 'backups', ready.backup), { recursive: true })
  renameSync(join(house.dir, 'db.json'), join(house.dir, 'backups', ready.backup, 'db.json'))
  renameSync(join(house.dir, 'runs'), join(house.dir, 'backups', ready.backup, 'runs'))
  const settings = readSettings({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: house.dir, TZ: 'UTC' }, '/none')
  const again = await createApp(settings, { log: createLog({ level: 'error' }) })
  t.same(seen({ ...house, app: again }), before)
  t.notOk(existsSync(join(house.dir, 'restore-pending')))
  await again.stop()
})

t.test('copies are made and kept, checks and compaction run, and their page says so', async (t) => {
  const house = await smallHouse({ days: 3 })
  t.teardown(() => house.close())
  const who = await signedIn(house.app, 'administrator')
  writeFileSync(join(house.dir, 'backups.db'), 'not a database')
  t.equal((await ask(house, who, '/settings/database/copy', {})).status, 303)
  const { list } = await house.app.house.care.copies()
  t.equal(list.length, 1)
  t.ok((await house.app.house.calendar.now('copy')).ok, 'the nightly copy is the same')
  t.equal((await ask(house, who, '/settings/database/check', {})).status, 303)
  const ended = new Promise<void>((resolve) => {
    const stop = house.app.house.bus.on('progress', () => {
      if (house.app.house.care.task('check')?.finishedAt == null) return
      stop()
      resolve()
    })
    if (house.app.house.care.task('check')?.finishedAt != null) resolve()
  })
  await ended
  t.equal(house.app.house.care.task('check')?.outcome?.key, 'care.check.good')
  const page = await ask(house, who, '/settings/database')
  t.equal(page.status, 200)
  t.match(page.html, list[0]?.name)
  const viewer = await signedIn(house.app, 'viewer')
  t.equal((await ask(house, viewer, '/settings/database')).status, 403, 'it is for administrators')
})

t.test('a copy never goes beside a disk that is not mounted, and what a kill left of one goes', async (t) => {
  const house = await smallHouse({ days: 1 })
  t.teardown(() => house.close())
  const { care, store } = house.app.house
  const setFolder = (folder: string) =>
    store.change((state) => ({ ...state, settings: { ...state.settings, 'copy.folder': folder } }))
  await setFolder(join(house.dir, 'mnt', 'copies'))
  await t.rejects(care.makeCopy(), { code: 'unavailable' })
  t.notOk(existsSync(join(house.dir, 'mnt')), 'no folder was made in its place')
  await setFolder(join(house.dir, 'mnt'))
  const draft = join(house.dir, 'mnt', 'duplistatus-2026-01-01T02-20-00Z.tar.gz.part')
  await care.makeCopy()
  writeFileSync(draft, 'half of it')
  await care.makeCopy()
  t.notOk(existsSync(draft))
})

t.test('no copy goes to a folder whose disk is away, and the page says so', async (t) => {
  const house = await smallHouse({ days: 1 })
  const mounted = mkdtempSync(join(tmpdir(), 'duplistatus-copies-'))
  t.teardown(async () => {
    await house.close()
    rmSync(mounted, { recursive: true, force: true })
  })
  const { app } = house
  const { store, care } = app.house
  const who = await signedIn(app, 'administrator')
  await store.change((state) => ({ ...state, settings: { ...state.settings, 'copy.folder': mounted } }))
  const byNight = async () => (await app.calendar.now('copy')).ok
  const inside = () => readdirSync(mounted).filter((name) => name.endsWith('.gz')).length
  t.equal(await byNight(), true, 'nothing is known of a new folder')
  const kept = readdirSync(mounted)
  for (const name of kept.filter((one) => one.endsWith('.gz'))) rmSync(join(mounted, name))
  t.equal(await byNight(), true, 'copies that somebody deleted are no disk that is away')
  for (const name of readdirSync(mounted)) rmSync(join(mounted, name))
  t.equal(await byNight(), false, 'an empty mount point')
  t.equal(inside(), 0)
  t.match((await ask(house, who, '/settings/database')).html, 'probably its disk is not mounted')
  await care.makeCopy()
  t.equal(inside(), 1, 'somebody who asks by hand begins anew')
  t.equal(await byNight(), true)
  t.notMatch((await ask(house, who, '/settings/database')).html, 'is not mounted')
  // As if it had been on another disk before.
  const place = { folder: mounted, isElsewhere: true }
  await store.change((state) => ({ ...state, features: { ...state.features, 'copy-place': place } }))
  t.equal(await byNight(), false)
  await t.rejects(care.makeCopy(), { code: 'unavailable', text: { key: 'care.copy.fell-back' } })
})

t.test('the page says when each scheduled work was last done, and that it failed', async (t) => {
  const house = await smallHouse({ days: 1 })
  t.teardown(() => house.close())
  const who = await signedIn(house.app, 'administrator')
  const page = async () =>
    (await ask(house, who, '/settings/database')).html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
  t.match(await page(), /Look for what is overdue Not yet/)
  await house.app.calendar.now('overdue')
  t.match(await page(), /Look for what is overdue (?!Not yet)[\w\u202f ,:]+\d( [AP]M)? now /u)
  writeFileSync(join(house.dir, 'no-folder'), '')
  const settings = { 'copy.folder': join(house.dir, 'no-folder', 'copies') }
  await house.app.house.store.change((state) => ({ ...state, settings: { ...state.settings, ...settings } }))
  await house.app.calendar.now('copy')
  t.notOk(existsSync(join(house.dir, 'no-folder', 'copies')))
  t.match(
    await page(),
    /Nightly copy (?!Not yet)[\w\u202f ,:]+\d( [AP]M)? now It failed; the application log says why/,
  )
})
