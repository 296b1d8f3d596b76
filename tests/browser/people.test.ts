import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import t, { type Test } from 'tap'
import { watchedPage, withoutChromium } from '../support/browser.ts'
import { atDoors, type Door, PUBLIC_AND_HOME_ASSISTANT } from '../support/doors.ts'
import { PHONE, untilTrue } from '../support/look.ts'
import { sharedBrowser } from '../support/shared-browser.ts'
import { smallHouse } from '../support/small-house.ts'
import { withToken } from '../support/visitors.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const BROKEN = 'axe.run().then(({ violations }) => violations.map(({ id }) => id))'
const FITS = 'document.documentElement.scrollWidth === document.documentElement.clientWidth'

t.test('people at the door, in a browser', { skip: withoutChromium }, async (t) => {
  await t.test(
    'the first sign-in leads to a password of one’s own, with its rules as one types',
    async (t) => {
      const house = await smallHouse({ days: 0 })
      t.teardown(() => house.close())
      const base = house.app.urls.public.replace(/\/$/, '')
      const { view, context, troubles } = await watchedPage(await sharedBrowser(), base, null, PHONE)
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
      const met = (rules: string) =>
        untilTrue(
          view,
          `[...document.querySelectorAll('.rules .is-met')].map((one) => one.dataset.rule).join(' ') === '${rules}'`,
        )
      await view.locator('#f-old').fill('Duplistatus09')
      await view.locator('#f-password').fill('short')
      await met('lower')
      await view.locator('#f-password').fill('Long-enough-1')
      await met('length upper lower digit')
      await view.locator('#f-again').fill('Long-enough-1')
      await met('length upper lower digit same')
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

  await atDoors(t, PUBLIC_AND_HOME_ASSISTANT, { days: 0 }, async (t, door) => {
    if (door.name !== 'at the public door') await homeAssistantLooksAfterThem(t, door)
    if (door.role === 'viewer') return
    await t.test('removing a user or a token asks first, and a new one is shown once', async (t) => {
      const { store } = door.house.app.house
      await withToken(door.house.app, ['read'], { name: 'Homepage' })
      const { view, context, troubles } = await door.open()
      await view.goto(`${door.base}/settings/tokens`)
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
      await view.goto(`${door.base}/settings/tokens`)
      t.equal(await view.getByText(made).count(), 0)
      t.same(troubles, [])
      await context.close()
    })

    await t.test('a form that was sent is busy and is not sent twice, until one comes back', async (t) => {
      const { page, view, context, troubles } = await door.open()
      let sent = 0
      await page.route('**/settings/users', async (route) => {
        if (route.request().method() === 'POST') {
          sent += 1
          await new Promise((done) => setTimeout(done, 1500))
        }
        await route.continue()
      })
      await view.goto(`${door.base}/settings/users`)
      await view.locator('#f-name').fill('Greta')
      await view.evaluate(
        "import(document.querySelector('script[type=module]').src.replace('app.js', 'busy-form.js')).then(() => null)",
      )
      const said = await view.evaluate(`(() => {
        const button = document.querySelector('form.form .primary')
        button.click()
        button.click()
        return button.getAttribute('aria-disabled') + button.form.getAttribute('aria-busy')
      })()`)
      t.equal(said, 'truetrue')
      await view.getByText('New password of Greta').waitFor()
      t.equal(sent, 1)
      await page.unrouteAll()
      // A page that is kept in memory comes back as it was left.
      await page.route('**/settings/users', (route) => route.fulfill({ status: 204 }))
      await view.locator('#f-name').fill('Greta')
      await view.getByRole('button', { name: 'Add a user' }).click({ noWaitAfter: true })
      await view.locator('form.form[aria-busy]').waitFor()
      await view.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
      t.equal(await view.locator('[aria-busy], .is-busy').count(), 0)
      t.same(troubles, [])
      await context.close()
    })

    await t.test(
      'a user is found, called something else and removed, and an administrator asks for more',
      async (t) => {
        const { people } = door.house.app.house.actions
        const by = { who: 'test', from: 'here' }
        await people.addUser('Ada', 'administrator', 'First-word-1', by)
        await people.addUser('Bob', 'viewer', 'First-word-1', by)
        const { view, context, troubles } = await door.open()
        await view.goto(`${door.base}/settings/users`)
        await view.getByPlaceholder('Find a user').fill('ad')
        await view.locator('tr[data-find="Bob"]').waitFor({ state: 'hidden' })
        t.ok(await view.locator('tr[data-find="Ada"]').isVisible())
        await view.getByPlaceholder('Find a user').fill('')
        await view.getByRole('link', { name: 'Change: Bob' }).click()
        await view.locator('#e-name').fill('Bobby')
        await view.getByRole('button', { name: 'Save' }).click()
        await view.getByText('Bobby is changed.').waitFor()
        await view.getByRole('link', { name: 'Change: Ada' }).click()
        await view.getByRole('button', { name: 'Remove' }).click()
        const dialog = view.getByRole('dialog')
        await dialog.getByText('Ada is an administrator.').waitFor()
        await dialog.getByRole('button', { name: 'Remove' }).click()
        await view.locator('tr[data-find="Ada"]').waitFor({ state: 'detached' })
        t.same(troubles, [])
        await context.close()
      },
    )

    await t.test('the log of the program grows while one looks, and stays where one reads', async (t) => {
      const { view, context, troubles } = await door.open()
      const { log } = door.house.app.house
      for (let line = 1; line <= 150; line += 1) log.error(`Line ${line}`)
      await view.goto(`${door.base}/settings/log?lines=100&q=line`)
      t.equal(await view.locator('.says li').count(), 100)
      await view.locator('.live[data-state=live]').waitFor()
      await view.evaluate('navigator.clipboard.writeText = async (text) => { window.copied = text }')
      await view.getByRole('button', { name: 'Copy' }).click()
      await view.getByText('Copied', { exact: true }).waitFor()
      const copied = String(await view.evaluate('window.copied')).split('\n')
      t.match(
        copied.find((line) => line.includes('Line 150')),
        /error/,
      )
      t.notOk(
        copied.some((line) => line.includes('Line 50')),
        'what is shown is what is copied',
      )
      await view.getByRole('link', { name: 'To the oldest' }).click()
      t.ok(Number(await view.evaluate('scrollY')) > 500)
      await view.getByRole('link', { name: 'Back to the newest' }).click()
      await view.evaluate('scrollTo(0, 0)')
      log.error('A newer line')
      await view.locator('.says li:first-child', { hasText: 'A newer line' }).waitFor()
      t.equal(await view.evaluate('scrollY'), 0, 'who reads the newest goes on reading the newest')
      await view.getByText('Line 90', { exact: false }).scrollIntoViewIfNeeded()
      const top = () =>
        view.getByText('Line 90', { exact: false }).evaluate((one) => one.getBoundingClientRect().top)
      const before = await top()
      log.error('The newest line')
      await view
        .locator('.says li:first-child', { hasText: 'The newest line' })
        .waitFor({ state: 'attached' })
      t.ok(Math.abs((await top()) - before) < 1, 'what somebody reads stays where it is')
      await view.locator('[data-live-switch]').click()
      await view.locator('.live[data-state=off]').waitFor()
      t.same(troubles, [])
      await context.close()
    })
  })
})

/** Who comes through Home Assistant has its name and rank from there, and nothing to sign in or out with. */
async function homeAssistantLooksAfterThem(t: Test, door: Door): Promise<void> {
  await t.test(
    'the account is that of Home Assistant, with no password and nothing to sign out of',
    async (t) => {
      const { view, context, troubles } = await door.open()
      await view.goto(`${door.base}/account`)
      await view.locator('main').getByText('Home Assistant').first().waitFor()
      const rank = door.role === 'administrator' ? 'Administrator' : 'Viewer'
      t.match(await view.locator('main .verdict').textContent(), new RegExp(rank, 'i'))
      t.equal(
        await view.locator('a[href*=password], form[action*=sign-out], form[action*=sessions]').count(),
        0,
      )
      t.same(troubles, [])
      t.equal(
        (await view.goto(`${door.base}/settings/users`))?.status(),
        door.role === 'administrator' ? 200 : 403,
      )
      await context.close()
    },
  )
}
