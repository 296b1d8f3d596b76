import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { type App, createApp } from '../../src/app.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { createLog } from '../../src/kit/log.ts'
import { readSettings } from '../../src/settings/read.ts'
import { open } from '../support/open-store.ts'

/** Made once with the program of data version 1: who was signed in then stays so, for ever. */
const VERSION_1 = fileURLToPath(new URL('../fixtures/data/v1-people.json', import.meta.url))
const COOKIE = { Cookie: 'ds_session=cookie-of-version-1' }
const PASSWORD = 'Fixture-word-1'
const MINUTE = 60_000
const QUIET = new Writable({ write: (_part, _encoding, done) => done() })

t.test(
  'who is signed in stays so through an upgrade of the database, and programs keep their tokens',
  async (t) => {
    const house = await oldHouse(t)
    // The next version of the data, as it may be one day.
    const later = [{ to: 2, what: 'adds room', state: (state: object) => ({ ...state, room: true }) }]
    const store = await open(t, house.dir, { migrations: later, schemaVersion: 2 })
    t.match(store.state(), { schemaVersion: 2, users: { usr_version1: { preferences: { theme: 'dark' } } } })
    t.equal(Object.values(store.state().sessions)[0]?.userId, 'usr_version1')
    t.equal(Object.values(store.state().tokens)[0]?.name, 'Homepage')
    await store.close()

    const today = await oldHouse(t)
    await today.start()
    t.equal(await today.status('/account', COOKIE), 200)
    t.match(await today.page('/account', COOKIE), /data-theme="dark"/)
    t.equal(await today.status('/settings/users', COOKIE), 200, 'with the same rank')
    const token = { 'X-API-Key': 'ds_token_of_version_1', 'X-Forwarded-For': '203.0.113.9' }
    t.equal(await today.status('/api/v1/jobs', token), 200)
    t.equal(await today.signIn(PASSWORD), 303, 'with the same password')
  },
)

t.test(
  'a session survives restarts, another zone and a clock that goes back, and ends when it should',
  async (t) => {
    const house = await oldHouse(t)
    for (const zone of ['UTC', 'Pacific/Auckland', 'America/Los_Angeles']) {
      await house.start({ TZ: zone })
      t.equal(await house.status('/account', COOKIE), 200, zone)
    }
    house.time.wall -= 60 * MINUTE
    t.equal(await house.status('/account', COOKIE), 200, 'an hour back')
    await house.start()
    t.equal(await house.status('/account', COOKIE), 200, 'and after a restart')
    house.time.wall += 7 * 24 * 60 * MINUTE + 61 * MINUTE
    await house.start({ TZ: 'Pacific/Auckland' })
    t.equal(await house.status('/account', COOKIE), 303, 'a week without use')
  },
)

t.test(
  'a clock that was a year ahead when somebody was seen does not keep a session for a year',
  async (t) => {
    const house = await oldHouse(t)
    await house.start()
    const { store } = house.app().house
    const ahead = new Date(house.time.wall + 365 * 24 * 60 * MINUTE).toISOString()
    await store.change((state) => {
      const [session] = Object.values(state.sessions)
      return session === undefined
        ? state
        : { ...state, sessions: { [session.id]: { ...session, lastSeenAt: ahead } } }
    })
    t.equal(await house.status('/account', COOKIE), 200)
    await store.settled()
    t.equal(Object.values(store.state().sessions)[0]?.lastSeenAt, new Date(house.time.wall).toISOString())
    house.time.wall += 8 * 24 * 60 * MINUTE
    t.equal(await house.status('/account', COOKIE), 303)
  },
)

t.test(
  'a wait after wrong tries ends by the time that passed, whatever the clock on the wall says',
  async (t) => {
    const house = await oldHouse(t)
    await house.start()
    for (let i = 0; i < 5; i++) await house.signIn('wrong')
    t.equal(await house.signIn(PASSWORD), 429)
    house.time.wall += 60 * MINUTE
    t.equal(await house.signIn(PASSWORD), 429, 'an hour ahead')
    house.time.wall -= 120 * MINUTE
    t.equal(await house.signIn(PASSWORD), 429, 'an hour back')
    house.time.elapsed += 3000
    t.equal(await house.signIn(PASSWORD), 303, 'seconds later')
    for (let i = 0; i < 5; i++) await house.signIn('wrong')
    await house.start({ TZ: 'Asia/Kathmandu' })
    t.equal(await house.signIn(PASSWORD), 303, 'a restart locks nobody out')
  },
)

t.test('secrets are sealed at rest, and a lost key is noticed, said, and asks for them again', async (t) => {
  const house = await oldHouse(t)
  await house.start()
  await house.app().house.secrets.set('ntfy.token', 'tk_hidden-well')
  await house.start()
  t.notOk(house.app().house.secrets.isKeyLost())
  t.notMatch(await readFile(join(house.dir, 'db.json'), 'utf8'), 'tk_hidden-well')
  t.notMatch(await house.page('/settings/ntfy', COOKIE), 'tk_hidden-well')
  t.notMatch(await house.page('/settings/users', COOKIE), 'key file')
  await house.stop()
  await rm(join(house.dir, 'secret.key'))
  await house.start()
  t.same(house.app().house.secrets.lost(), ['ntfy.token'])
  t.match(
    house
      .app()
      .house.log.recent()
      .map(({ message }) => message)
      .join(),
    /key file .* was lost/,
  )
  t.match(await house.page('/settings/users', COOKIE), /class="notice is-failed" role="alert"/)
  await house.app().house.secrets.set('ntfy.token', 'tk_typed-again')
  t.notOk(house.app().house.secrets.isKeyLost())
  t.equal(await house.status('/account', COOKIE), 200, 'nobody is signed out by that')
})

/** The whole program on a folder of data version 1, with a clock on the wall and one that only goes on. */
async function oldHouse(t: Test) {
  const dir = await mkdtemp(join(tmpdir(), 'duplistatus-sessions-'))
  await copyFile(VERSION_1, join(dir, 'db.json'))
  const time = { wall: Date.parse('2026-11-20T18:00:00Z'), elapsed: 0 }
  const clock: Clock = { now: () => new Date(time.wall), elapsedMs: () => time.elapsed }
  let app: App | null = null
  const running = (): App => {
    if (app === null) throw new Error('start the house first')
    return app
  }
  const at = (path: string) => `${running().urls.public.replace(/\/$/, '')}${path}`
  const ask = (path: string, headers: Record<string, string>) =>
    fetch(at(path), { headers: { Accept: 'text/html', ...headers }, redirect: 'manual' })
  t.teardown(async () => {
    await app?.stop()
    await rm(dir, { recursive: true, force: true })
  })
  return {
    dir,
    time,
    app: running,
    async start(env: Record<string, string> = {}) {
      await app?.stop()
      app = null
      const given = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: dir, TZ: 'UTC', ...env }
      app = await createApp(readSettings(given, '/none'), {
        clock,
        log: createLog({ level: 'warn', out: QUIET }),
      })
    },
    async stop() {
      await app?.stop()
      app = null
    },
    status: async (path: string, headers: Record<string, string>) => (await ask(path, headers)).status,
    page: async (path: string, headers: Record<string, string>) => (await ask(path, headers)).text(),
    async signIn(password: string) {
      const body = new URLSearchParams({ name: 'admin', password, next: '/' })
      return (await fetch(at('/sign-in'), { method: 'POST', body, redirect: 'manual' })).status
    },
  }
}
