import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import t from 'tap'
import { openBrowser, watchedPage, withoutChromium } from '../support/browser.ts'
import { smallHouse } from '../support/small-house.ts'
import { signedIn } from '../support/visitors.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const

t.test('watching in a browser', { skip: withoutChromium }, async (t) => {
  const house = await smallHouse({ days: 14 })
  await house.app.calendar.now('overdue')
  const browser = await openBrowser()
  t.teardown(async () => {
    await browser.close()
    await house.close()
  })
  const address = house.app.urls.public.replace(/\/$/, '')
  const cookie = (await signedIn(house.app, 'administrator'))['Cookie'] ?? ''
  const state = () => house.app.house.store.state()
  const named = (name: string) => Object.values(state().jobs).find((job) => job.name === name)
  const photos = named('Photos')?.id ?? ''
  const pages = [
    '/activity',
    `/settings/monitoring?edit=${photos}`,
    `/settings/monitoring?edit=${named('Photos')?.serverId}`,
    `/settings/notifications?edit=${photos}`,
    '/settings/maintenance',
    `/jobs/${photos}/monitoring`,
    `/servers/${named('Photos')?.serverId}`,
  ]

  t.test('its pages break no rule of accessibility and fit every width', async (t) => {
    for (const options of [
      { viewport: { width: 1440, height: 900 } },
      { viewport: { width: 820, height: 1100 }, colorScheme: 'dark' as const },
      PHONE,
    ]) {
      const { page, context, troubles } = await watchedPage(browser, address, cookie, options)
      for (const path of pages) {
        await page.goto(address + path)
        await page.evaluate(
          `document.querySelectorAll("main details:not(.menu)").forEach((one) => { one.open = true })
          document.querySelectorAll("main details.menu .leaf").forEach((one) => { one.hidden = true })`,
        )
        const where = `${path} at ${options.viewport.width}`
        t.equal(
          await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
          0,
          where,
        )
        // Elsewhere only what depends on colour and width is looked at again.
        if (options !== PHONE) t.same(await violations(page, options.viewport.width === 1440), [], where)
        if (options === PHONE) t.same(await page.evaluate(script('small-targets')), [], where)
      }
      t.same(troubles, [], 'nothing went wrong unseen')
      await context.close()
    }
  })

  t.test('a row is edited in its place, and what is wrong is said and focused', async (t) => {
    const { page, context } = await watchedPage(browser, address, cookie)
    let loads = 0
    page.on('load', () => {
      loads += 1
    })
    await page.goto(`${address}/settings/monitoring`)
    await page.locator('a[aria-label="Change: Photos"]').click()
    const edit = page.locator('tr.edit')
    await edit.getByText('By interval').click()
    await edit.locator('input[name=every]').fill('often')
    await edit.getByRole('button', { name: 'Save' }).click()
    await edit.getByText('A whole number, such as 1.').waitFor()
    t.equal(await page.evaluate('document.activeElement.getAttribute("name")'), 'every')
    await edit.locator('input[name=every]').fill('2')
    await edit.getByRole('button', { name: 'Save' }).click()
    await page.locator('.tray').getByText('Saved for Photos.').waitFor()
    t.match(named('Photos')?.overrides.expect, { interval: '2D' })
    t.match(await page.locator(`#r-${photos}`).textContent(), /every 2 days/)
    t.match(page.url(), /\/settings\/monitoring(#|$)/)
    await page.locator('button[aria-label="Watch Photos"]').click()
    await page.locator('button[aria-label="Watch Photos"][aria-checked=false]').waitFor()
    t.equal(loads, 1, 'the page was loaded once')
    await context.close()
  })

  t.test('checked rows bring up what can be set for all of them', async (t) => {
    const { page, context, troubles } = await watchedPage(browser, address, cookie)
    await page.goto(`${address}/settings/monitoring`)
    t.notOk(await page.locator('#bulk').isVisible())
    await page.locator('input[aria-label="Check Mail"]').check()
    await page.locator('input[aria-label="Check Databases"]').check()
    await page.locator('#bulk output').getByText('2').waitFor()
    await page.locator('#bulk select[name=tolerance]').selectOption('15')
    await page.locator('#bulk').getByRole('button').click()
    await page.locator('.tray').getByText('Saved for 2 backups.').waitFor()
    t.equal(named('Mail')?.overrides.toleranceMinutes, 15)
    t.same(troubles, [])
    await context.close()
  })

  t.test('a problem is acknowledged and snoozed where it stands', async (t) => {
    const { page, context, troubles } = await watchedPage(browser, address, cookie)
    await page.goto(`${address}/activity`)
    const first = page.locator('.incident').first()
    await first.getByRole('button', { name: 'Acknowledge' }).click()
    await page.locator('.tray').getByText('Acknowledged').waitFor()
    await first.getByText('Snooze').first().click()
    await first.getByRole('button', { name: 'a day' }).click()
    await page.locator('.tray').getByText('Not a word until').waitFor()
    await first.getByText('Snoozed until').waitFor()
    t.same(troubles, [])
    await context.close()
  })
})

async function violations(page: Page, isAll: boolean): Promise<unknown> {
  await page.evaluate(AXE)
  await page.evaluate(`window.axeRules = ${isAll ? 'null' : '["color-contrast"]'}`)
  return page.evaluate(script('violations'))
}

function script(name: string): string {
  return readFileSync(new URL(`page-scripts/${name}.js`, import.meta.url), 'utf8')
}
