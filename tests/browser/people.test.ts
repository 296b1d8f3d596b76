import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import t from 'tap'
import { openBrowser, watchedPage, withoutChromium } from '../support/browser.ts'
import { smallHouse } from '../support/small-house.ts'
import { signedIn, withToken } from '../support/visitors.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const BROKEN = 'axe.run().then(({ violations }) => violations.map(({ id }) => id))'
const FITS = 'document.documentElement.scrollWidth === document.documentElement.clientWidth'
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const

t.test('people at the door, in a browser', { skip: withoutChromium }, async (t) => {
  const browser = await openBrowser()
  const house = await smallHouse({ days: 0 })
  const base = house.app.urls.public.replace(/\/$/, '')
  const { store } = house.app.house
  t.teardown(async () => {
    await browser.close()
    await house.close()
  })

  await t.test(
    'the first sign-in leads to a password of one’s own, with its rules as one types',
    async (t) => {
      const { view, context, troubles } = await watchedPage(browser, base, null, PHONE)
      for (const scheme of ['light', 'dark'] as const) {
        await view.page().emulateMedia({ colorScheme: scheme })
        await view.goto(`${base}/sign-in?next=/settings/users`)
        await view.evaluate(AXE)
        t.same(await view.evaluate(BROKEN), [], scheme)
      }
      t.ok(await view.evaluate(FITS))
      await view.getByText('the password is Duplistatus09').waitFor()
      await view.locator('#name').fill('admin')
      await view.locator('#password').fill('Duplistatus09')
      const eye = view.getByRole('button', { name: 'Show the password' })
      await eye.click()
      t.equal(await view.locator('#password').getAttribute('type'), 'text')
      await eye.click()
      t.equal(await view.locator('#password').getAttribute('type'), 'password')
      await view.getByRole('button', { name: 'Sign in' }).click()
      await view.waitForURL(`${base}/account/password`)
      const met = () =>
        view.evaluate(
          "[...document.querySelectorAll('.rules .is-met')].map((one) => one.dataset.rule).join(' ')",
        )
      await view.locator('#f-old').fill('Duplistatus09')
      await view.locator('#f-password').fill('short')
      t.equal(await met(), 'lower')
      await view.locator('#f-password').fill('Long-enough-1')
      t.equal(await met(), 'length upper lower digit')
      await view.locator('#f-again').fill('Long-enough-1')
      t.equal(await met(), 'length upper lower digit same')
      t.ok(await view.evaluate(FITS))
      await view.getByRole('button', { name: 'Change the password' }).click()
      await view.waitForURL(`${base}/`)
      await view.goto(`${base}/account`)
      await view.getByRole('button', { name: 'Sign out' }).last().click()
      await view.waitForURL(/sign-in/)
      t.equal(await view.getByText('Duplistatus09').count(), 0)
      t.same(troubles, [])
      await context.close()
    },
  )

  await t.test('removing a user or a token asks first, and a new one is shown once', async (t) => {
    const cookie = (await signedIn(house.app, 'administrator'))['Cookie'] ?? ''
    await withToken(house.app, ['read'], { name: 'Homepage' })
    const { view, context, troubles } = await watchedPage(browser, base, cookie)
    await view.goto(`${base}/settings/tokens`)
    await view.getByRole('button', { name: 'Remove' }).click()
    const dialog = view.getByRole('dialog')
    await dialog.getByText('Remove “Homepage”?').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    t.equal(Object.keys(store.state().tokens).length, 1)
    await view.getByRole('button', { name: 'Remove' }).click()
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await view.getByText('The token is gone.').waitFor()
    t.equal(Object.keys(store.state().tokens).length, 0)
    await view.locator('#f-name').fill('NAS')
    await view.locator('input[value=report]').check()
    await view.getByRole('button', { name: 'Make a token' }).click()
    const made = (await view.locator('.copyrow code').first().textContent()) ?? ''
    t.match(made, /^ds_[a-z0-9]{32}$/)
    await view.goto(`${base}/settings/tokens`)
    t.equal(await view.getByText(made).count(), 0)
    t.same(troubles, [])
    await context.close()
  })

  await t.test('the log of the program grows while one looks, and stays where one reads', async (t) => {
    const cookie = (await signedIn(house.app, 'administrator'))['Cookie'] ?? ''
    const { page, view, context, troubles } = await watchedPage(browser, base, cookie)
    const { log } = house.app.house
    for (let line = 1; line <= 150; line += 1) log.error(`Line ${line}`)
    await view.goto(`${base}/settings/log?lines=100&q=line`)
    t.equal(await view.locator('.says li').count(), 100)
    await view.locator('.live[data-state=live]').waitFor()
    log.error('A newer line')
    await view.locator('.says li:first-child', { hasText: 'A newer line' }).waitFor()
    t.equal(await view.evaluate('scrollY'), 0, 'who reads the newest goes on reading the newest')
    await view.getByText('Line 90', { exact: false }).scrollIntoViewIfNeeded()
    const top = () =>
      view.getByText('Line 90', { exact: false }).evaluate((one) => one.getBoundingClientRect().top)
    const before = await top()
    log.error('The newest line')
    await view.locator('.says li:first-child', { hasText: 'The newest line' }).waitFor({ state: 'attached' })
    t.ok(Math.abs((await top()) - before) < 1, 'what somebody reads stays where it is')
    await page.locator('[data-live-switch]').click()
    await view.locator('.live[data-state=off]').waitFor()
    t.same(troubles, [])
    await context.close()
  })
})
