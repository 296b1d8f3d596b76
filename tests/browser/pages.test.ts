import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { openBrowser, watchedPage, withoutChromium } from '../support/browser.ts'
import { HOSTILE, hostileReport } from '../support/hostile.ts'
import { smallHouse } from '../support/small-house.ts'
import { signedIn } from '../support/visitors.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const

t.test('in a browser', { skip: withoutChromium }, async (t) => {
  const house = await smallHouse({ days: 20, now: new Date() })
  const browser = await openBrowser()
  t.teardown(async () => {
    await browser.close()
    await house.close()
  })
  const address = house.app.urls.public.replace(/\/$/, '')
  const cookie = (await signedIn(house.app, 'viewer'))['Cookie'] ?? ''
  const open = (options = {}) => watchedPage(browser, address, cookie, options)
  const { jobs } = house.app.house.store.state()
  const idOf = (name: string) => Object.values(jobs).find((job) => job.name === name)?.id ?? ''
  const run = house.app.house.store.history.ofJob(idOf('Frigate clips'), { limit: 1 })[0]
  const server = jobs[idOf('Photos')]?.serverId ?? ''
  const PAGES = [
    '/',
    '/?layout=table',
    '/?layout=cards',
    `/servers/${server}`,
    `/jobs/${idOf('Photos')}`,
    `/jobs/${idOf('Photos')}?numbers=1`,
    `/jobs/${idOf('Photos')}/versions`,
    `/runs/run_${run?.no.toString(36)}`,
    '/trends',
    '/start',
    '/help',
    '/about',
    '/nope',
  ]

  t.test('no page breaks a rule of accessibility, in either theme', async (t) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, context } = await open({ colorScheme })
      for (const path of PAGES) {
        await page.goto(address + path)
        await settle(page)
        t.same(await violations(page, colorScheme), [], `${colorScheme} ${path}`)
      }
      await context.close()
    }
  })

  t.test('on a phone nothing scrolls sideways and every target is a thumb wide', async (t) => {
    const { page, context, troubles } = await open(PHONE)
    for (const path of PAGES.slice(0, -1)) {
      await page.goto(address + path)
      await settle(page)
      t.equal(await overhang(page), 0, `${path} is as wide as the screen`)
      t.same(await smallTargets(page), [], `${path} has only targets of 44 px`)
    }
    t.same(troubles, [], 'nothing went wrong unseen')
    await context.close()
  })

  t.test('at other widths nothing is cut either', async (t) => {
    for (const width of [820, 1440]) {
      const { page, context, troubles } = await open({ viewport: { width, height: 900 } })
      for (const path of PAGES.slice(0, -1)) {
        await page.goto(address + path)
        await settle(page)
        t.equal(await overhang(page), 0, `${path} at ${width}`)
      }
      t.same(troubles, [], 'nothing went wrong unseen')
      await context.close()
    }
  })

  t.test('hostile texts stay text in the browser, and the layout holds', async (t) => {
    await hostileHouse(t, browser)
  })
})

async function hostileHouse(t: Test, browser: Browser): Promise<void> {
  const house = await smallHouse({ days: 0 })
  const now = Date.now()
  for (const [index, text] of HOSTILE.entries())
    await house.report(hostileReport(text, new Date(now - index * 1000)))
  const { servers, jobs } = house.app.house.store.state()
  const runs = house.app.house.store.history.latest(50).map((row) => `/runs/run_${row.no.toString(36)}`)
  const address = house.app.urls.public.replace(/\/$/, '')
  const cookie = (await signedIn(house.app, 'viewer'))['Cookie'] ?? ''
  for (const options of [{ viewport: { width: 1440, height: 900 } }, PHONE]) {
    const { page, context, troubles } = await watchedPage(browser, address, cookie, options)
    const paths = ['/', '/?layout=table', '/?layout=cards', '/trends', '/start']
    // The overview has all of them; of the other pages the longest and the most dangerous ones.
    const some = <T>(list: readonly T[]) => [...list.slice(0, 2), ...list.slice(-2)]
    paths.push(...some(Object.keys(servers)).map((id) => `/servers/${id}`))
    paths.push(...some(Object.keys(jobs)).map((id) => `/jobs/${id}`), ...some(runs))
    for (const path of paths) {
      await page.goto(address + path)
      await settle(page)
      t.equal(await overhang(page), 0, `${path} at ${options.viewport.width}`)
    }
    t.equal(await page.evaluate('"__hurt" in window'), false)
    t.same(troubles, [])
    await context.close()
  }
  await house.close()
}

/** Behaviours start when somebody reaches for the page. */
async function settle(page: Page): Promise<void> {
  await page.mouse.move(5, 5)
  await page.waitForLoadState('load')
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => resolve(null)))')
}

/** In the dark only what depends on colour is looked at again. */
async function violations(page: Page, scheme: 'light' | 'dark'): Promise<string[]> {
  await page.evaluate(AXE)
  await page.evaluate(`window.axeRules = ${scheme === 'dark' ? '["color-contrast"]' : 'null'}`)
  return page.evaluate(script('violations'))
}

function overhang(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(script('small-targets'))
}

/** What runs in the page stands in files of its own: the types of a browser are not those of Node. */
function script(name: string): string {
  return readFileSync(new URL(`page-scripts/${name}.js`, import.meta.url), 'utf8')
}
