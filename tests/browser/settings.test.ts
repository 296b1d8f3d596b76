import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import t from 'tap'
import { openBrowser, watchedPage, withoutChromium } from '../support/browser.ts'
import { smallHouse } from '../support/small-house.ts'
import { signedIn } from '../support/visitors.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const
const PAGES = [
  '/settings/ntfy',
  '/settings/email',
  '/settings/templates?kind=overdue',
  '/settings/home-assistant',
  '/settings/display',
]

t.test('settings of channels in a browser', { skip: withoutChromium }, async (t) => {
  const house = await smallHouse({ days: 2 })
  const browser = await openBrowser()
  t.teardown(async () => {
    await browser.close()
    await house.close()
  })
  const topic = { 'notices.ntfy.enabled': true, 'ntfy.topic': 'duplistatus-abcdefghijkl' }
  await house.app.house.store.change((state) => ({ ...state, settings: { ...state.settings, ...topic } }))
  const line = { who: 'server' as const, line: '535 authentication credentials invalid '.repeat(8) }
  const failure = { key: 'notify.email.no-password' }
  house.app.house.trials.set('email', {
    at: new Date().toISOString(),
    by: 'anna',
    failure,
    step: 'sign-in',
    lines: [line, { who: 'us', line: 'QUIT' }],
  })
  const address = house.app.urls.public.replace(/\/$/, '')
  const cookie = (await signedIn(house.app, 'administrator'))['Cookie'] ?? ''

  t.test('they break no rule of accessibility and fit every width', async (t) => {
    for (const options of [
      { viewport: { width: 1440, height: 900 } },
      { viewport: { width: 820, height: 1100 }, colorScheme: 'dark' as const },
      PHONE,
    ]) {
      const { page, context, troubles } = await watchedPage(browser, address, cookie, options)
      for (const path of PAGES) {
        await page.goto(address + path)
        await page.evaluate('document.querySelectorAll("main details").forEach((one) => { one.open = true })')
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

  t.test('a template shows what it would say while one types, and what is wrong with it', async (t) => {
    const { page, context, troubles } = await watchedPage(browser, address, cookie)
    await page.goto(`${address}/settings/templates?kind=success`)
    const message = page.locator('#t-message')
    await message.fill('It took {duraton}.')
    const preview = page.locator('#preview')
    await preview.getByText('Did you mean {duration}?').waitFor()
    await message.fill('Hello from ')
    await page.locator('[data-insert="{server_name}"]').click()
    t.equal(await message.inputValue(), 'Hello from {server_name}')
    await preview.getByText(/Hello from [A-Za-z]/).waitFor()
    t.equal(house.app.house.store.state().settings['templates.success'], undefined)

    let asked = false
    page.once('dialog', (dialog) => {
      asked = true
      void dialog.accept()
    })
    await page.locator('.places a').first().click()
    await page.waitForURL(`${address}/`)
    t.ok(asked, 'leaving without saving is asked about')
    t.same(troubles, [])
    await context.close()
  })

  t.test('the header shows the topic with its code', async (t) => {
    const { page, context, troubles } = await watchedPage(browser, address, cookie)
    await page.goto(`${address}/`)
    await page.locator('summary[title="ntfy topic"]').click()
    const code = page.locator('header .qr')
    await code.waitFor()
    await page.waitForFunction('document.querySelector("header .qr").naturalWidth > 0')
    t.equal(
      await page.locator('header a[target=_blank]').getAttribute('href'),
      'https://ntfy.sh/duplistatus-abcdefghijkl',
    )
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
