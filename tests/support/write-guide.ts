/**
 * `node tools/run.mjs tests/support/write-guide.ts`: takes the pictures of the user guide from the demonstration, and
 * writes docs/guide.md. Needs Chromium.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { PICTURE } from '../../src/web/help-chapters.ts'
import { openBrowser, watchedPage } from './browser.ts'
import { smallHouse } from './small-house.ts'
import { pictureNames, userGuide } from './user-guide.ts'
import { signedIn } from './visitors.ts'

const root = new URL('../../', import.meta.url)
const QUALITY = 0.72

writeFileSync(new URL('docs/guide.md', root), userGuide())
const house = await smallHouse({ days: 190 })
const { Cookie = '' } = await signedIn(house.app, 'administrator', { name: 'anna' })
const { store } = house.app.house
const photos = Object.values(store.state().jobs).find((job) => job.name === 'Photos')
const run = store.history.ofJob(photos?.id ?? '', { limit: 1 })[0]?.no ?? 0
const PATHS: Readonly<Record<string, string>> = {
  overview: '/',
  server: `/servers/${photos?.serverId}`,
  job: `/jobs/${photos?.id}`,
  run: `/runs/run_${run.toString(36)}`,
  expected: '/settings/monitoring',
  notices: '/settings/notifications',
  database: '/settings/database',
}
const browser = await openBrowser()
const address = house.app.urls.public.replace(/\/$/, '')
const folder = new URL('views/assets/guide/', root)
mkdirSync(folder, { recursive: true })
try {
  const { page } = await watchedPage(browser, address, Cookie, { viewport: PICTURE, colorScheme: 'light' })
  for (const name of pictureNames()) {
    await page.goto(address + (PATHS[name] ?? `/${name}`))
    await page.waitForLoadState('load')
    await page.mouse.move(5, 5)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    writeFileSync(new URL(`${name}.webp`, folder), await packed(page))
  }
} finally {
  await browser.close()
  await house.close()
}

/** The screen as WebP: a tenth of what PNG takes. The browser knows how. */
async function packed(page: Page): Promise<Buffer> {
  const png = (await page.screenshot({ animations: 'disabled' })).toString('base64')
  const canvas = await page.context().newPage()
  const url = await canvas.evaluate<string>(`(async () => {
    const picture = new Image()
    picture.src = 'data:image/png;base64,${png}'
    await picture.decode()
    const canvas = document.createElement('canvas')
    canvas.width = picture.width
    canvas.height = picture.height
    canvas.getContext('2d').drawImage(picture, 0, 0)
    return canvas.toDataURL('image/webp', ${QUALITY})
  })()`)
  await canvas.close()
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
}
