import t from 'tap'
import { createApp } from '../../src/app.ts'
import { createLog } from '../../src/kit/log.ts'
import { readSettings } from '../../src/settings/read.ts'
import { faultyDisk } from '../support/faulty-disk.ts'
import { plainReport } from '../support/plain-report.ts'
import { smallHouse } from '../support/small-house.ts'

/** What fails on a broken disk; a full one takes no bytes, and that is all. */
const CHANGES = /write|sync|truncate|rename|link|remove/
const GROWS = /write/
const PASSWORD = 'Correct-horse-1'

for (const [code, status, mode] of [
  ['EROFS', 503, 'read-only'],
  ['EIO', 503, 'read-only'],
  ['ENOSPC', 507, 'full'],
] as const) {
  t.test(`A start where every write ends in ${code} shows what is there and refuses reports`, async (t) => {
    const before = await smallHouse({ days: 20, env: { ADMIN_PASSWORD: PASSWORD } })
    const session = await signIn(before.app.urls.public)
    await before.app.stop()
    const disk = faultyDisk()
    disk.fault = ({ op }) => ((code === 'ENOSPC' ? GROWS : CHANGES).test(op) ? code : null)
    const env = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: before.dir, TZ: 'UTC' }
    const app = await createApp(readSettings(env, '/none'), { disk, log: createLog({ level: 'error' }) })
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(app.urls.public.replace(/\/$/, '') + path, { redirect: 'manual', ...init })
    const send = () =>
      ask('/api/upload', { method: 'POST', body: JSON.stringify(plainReport('nas', 'Photos')) })

    const refused = await send()
    t.equal(refused.status, status)
    t.match(await refused.json(), { error: /\w+ \w+/ }, 'with the reason')
    t.match(await (await ask('/api/v1/summary')).json(), { servers: 4 })
    t.equal(app.house.store.health().mode, mode)
    t.equal((await ask('/healthz')).status, 503)
    for (const path of ['/', '/?fragment=1']) {
      const page = await ask(path, { headers: { Cookie: session } })
      t.equal(page.status, 200, 'who was signed in sees what is there')
      t.match(await page.text(), /role="alert".*Reports that come now are refused/, `and ${path} says so`)
    }
    const form = new URLSearchParams({ name: 'admin', password: PASSWORD })
    const refusal = await ask('/sign-in', {
      method: 'POST',
      body: form,
      headers: { Origin: app.urls.public.replace(/\/$/, '') },
    })
    t.equal(refusal.status, status, 'a new session cannot be kept')
    t.match(await refusal.text(), /Nothing was kept/, 'and the page says why')

    disk.fault = () => null
    t.equal((await send()).status, code === 'ENOSPC' ? 200 : 503, 'room comes back by itself, trust does not')
    const after = await (await ask('/', { headers: { Cookie: session } })).text()
    t.equal(/Reports that come now are refused/.test(after), code !== 'ENOSPC')
    await app.stop()
    await before.close().catch(() => undefined)
  })
}

async function signIn(address: string): Promise<string> {
  const body = new URLSearchParams({ name: 'admin', password: PASSWORD })
  const answer = await fetch(new URL('sign-in', address), { method: 'POST', body, redirect: 'manual' })
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}
