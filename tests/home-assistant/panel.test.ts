import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { type BehindIngress, behindIngress } from '../support/behind-ingress.ts'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))
const skip =
  CHROMIUM === undefined ? 'left out: Chromium is not installed (Debian: apt-get install chromium)' : false
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

t.test('inside the frame of Home Assistant', { skip, timeout: 120_000 }, async (t) => {
  const addOn = await behindIngress()
  t.teardown(addOn.close)
  const browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: FLAGS })
  t.teardown(() => browser.close())

  t.test('a phone has the button for the menu of Home Assistant', async (t) => {
    const { page, faults } = await opened(t, browser, addOn, addOn.house.panel, 390)
    const frame = page.frameLocator('iframe')
    const button = frame.getByRole('button', { name: 'Menu of Home Assistant' })
    await button.click()
    await page.waitForFunction(`messages.some((message) => message.type === 'home-assistant/toggle-menu')`)
    t.same(faults, [])
    const wide = await opened(t, browser, addOn, addOn.house.panel, 1280)
    await wide.page.frameLocator('iframe').locator('h1').first().waitFor()
    await subscribed(wide.page)
    t.notOk(
      await wide.page
        .frameLocator('iframe')
        .getByRole('button', { name: 'Menu of Home Assistant' })
        .isVisible(),
    )
  })

  t.test('a link of Home Assistant leads to its page, and pages are told to Home Assistant', async (t) => {
    const { page, faults } = await opened(t, browser, addOn, `${addOn.house.panel}/help`, 1280)
    const at = async (path: string) =>
      page.waitForFunction(
        `document.querySelector('iframe').contentWindow.location.pathname.endsWith('${path}')`,
      )
    await at('/help')
    const frame = page.frameLocator('iframe')
    await frame.getByRole('link', { name: 'Overview' }).first().click()
    const told = await page.waitForFunction(
      `messages.find((message) => message.type === 'home-assistant/navigate')`,
    )
    t.match(await told.jsonValue(), { path: '/app/abcdef12_duplistatus/', options: { replace: true } })
    t.same(faults, [])
  })

  t.test('no request leaves the frame', async (t) => {
    const prefix = new URL(addOn.house.entry).pathname
    const ours = addOn.house.requests.filter((line) => !/ \/(app\/|favicon\.ico)/.test(line))
    t.ok(ours.length > 10)
    t.same(
      ours.filter((line) => !line.includes(` ${prefix}`)),
      [],
    )
  })
})

async function opened(t: Test, browser: Browser, addOn: BehindIngress, address: string, width: number) {
  const page = await browser.newPage({ viewport: { width, height: 800 } })
  t.teardown(() => page.close())
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
      faults.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(addOn.house.origin) && !request.url().startsWith('data:'))
      faults.push(request.url())
  })
  await page.goto(address)
  return { page, faults }
}

async function subscribed(page: Page): Promise<void> {
  await page.waitForFunction(
    `messages.some((message) => message.type === 'home-assistant/subscribe-properties')`,
  )
}
