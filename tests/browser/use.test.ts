import t from 'tap'
import { openBrowser, watchedPage, withoutChromium } from '../support/browser.ts'
import { smallHouse } from '../support/small-house.ts'
import { signedIn } from '../support/visitors.ts'

t.test('people use the pages', { skip: withoutChromium }, async (t) => {
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

  t.test('with scripts off pages read, link, filter, sort and page', async (t) => {
    const { page, context } = await open({ javaScriptEnabled: false })
    await page.goto(address)
    await page.getByRole('link', { name: 'Failed 1' }).click()
    t.equal(await page.locator('.jobs tbody tr').count(), 1)
    await page.locator('input[name=q]').fill('databases')
    await page.locator('input[name=q]').press('Enter')
    t.equal(await page.locator('.jobs tbody tr').count(), 1)
    await page.getByRole('button', { name: 'Table' }).click()
    await page.getByRole('link', { name: 'Source' }).click()
    t.equal(await page.locator('th[aria-sort=descending]').count(), 1)
    await page.getByRole('link', { name: 'Photos', exact: true }).first().click()
    t.equal(await page.locator('.plot svg').count(), 6, 'charts are drawn by the server')
    await page.locator('select[name=result]').selectOption('bad')
    await page.getByRole('button', { name: 'Apply' }).click()
    t.match(page.url(), 'result=bad')
    await page.locator('.hist tbody a').first().click()
    await page.getByRole('link', { name: /^Warnings/ }).click()
    t.match(page.url(), 'level=warning')
    t.equal(await page.locator('.only-script:visible').count(), 0, 'what needs script is not shown')
    await page.locator('summary').first().click()
    t.ok(await page.getByRole('button', { name: 'Dark' }).isVisible(), 'the menu opens')
    await page.getByRole('button', { name: 'Dark' }).click()
    t.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
    await page.goto(address)
    await page.getByRole('button', { name: 'Grouped' }).click()
    await context.close()
  })

  t.test('the keyboard finds, filters, opens the card of a row and closes it', async (t) => {
    const { page, context, troubles } = await open()
    await page.goto(address)
    await page.keyboard.press('/')
    t.equal(await page.evaluate('document.activeElement?.getAttribute("name")'), 'q')
    await page.keyboard.type('phot')
    await page
      .locator('.jobs tbody tr:visible')
      .nth(1)
      .waitFor({ state: 'detached' })
      .catch(() => undefined)
    t.equal(await page.locator('.jobs tbody tr:visible').count(), 1)
    await page.keyboard.press('Escape')
    await page.waitForFunction('document.querySelectorAll(".jobs tbody tr:not([hidden])").length === 8')
    const more = page.locator(`#r-${idOf('Photos')} [data-card]`)
    await more.focus()
    await page.keyboard.press('Enter')
    await page.locator('.card-over').waitFor()
    t.match(await page.locator('.card-over').textContent(), 'Last run')
    await page.keyboard.press('Tab')
    t.ok(await page.evaluate('document.activeElement?.closest(".card-over") !== null'), 'Tab goes into it')
    await page.keyboard.press('Escape')
    t.equal(await page.locator('.card-over').count(), 0)
    t.ok(await page.evaluate('document.activeElement?.hasAttribute("data-card")'), 'focus returns')
    await page.keyboard.press('g')
    await page.keyboard.press('m')
    await page.waitForURL('**/trends')
    t.same(troubles, [])
    await context.close()
  })

  t.test('a page follows a new report, and keeps focus, scroll and open menus', async (t) => {
    const { page, context, troubles } = await open({ viewport: { width: 1200, height: 500 } })
    await page.goto(address)
    await page.locator('.live[data-state=live]').waitFor()
    await page.locator('.menu summary').click()
    await page.locator('input[name=q]').focus()
    await page.keyboard.type('zz-nothing')
    await page.evaluate('scrollTo(0, 120)')
    const before = await page.locator('.totals dd').nth(1).textContent()
    await house.report(plainReport('new-machine', 'Fresh backup'))
    await page.locator('.totals dd', { hasText: String(Number(before) + 1) }).waitFor({ timeout: 60_000 })
    t.equal(await page.locator('input[name=q]').inputValue(), 'zz-nothing')
    t.equal(await page.evaluate('scrollY'), 120)
    t.ok(await page.evaluate('document.activeElement?.getAttribute("name") === "q"'))
    t.equal(await page.locator('.jobs tbody tr:visible').count(), 0, 'the filter holds for new rows')
    t.same(troubles, [])
    await context.close()
  })

  t.test('a lost connection is said and blocks nothing, and comes back by itself', async (t) => {
    const { page, context } = await open()
    await page.goto(address)
    await page.locator('.live[data-state=live]').waitFor()
    await context.setOffline(true)
    await page.locator('[data-refresh]').click()
    await page.locator('#offline').waitFor()
    t.ok(await page.getByRole('link', { name: 'Photos', exact: true }).first().isVisible())
    await context.setOffline(false)
    await page.locator('#offline').waitFor({ state: 'hidden', timeout: 60_000 })
    await context.close()
  })

  t.test('pages are followed by asking where a proxy holds events back', async (t) => {
    const { page, context } = await open()
    await page.route('**/events', () => undefined)
    await page.goto(address)
    await page.locator('.live[data-state=polling]').waitFor({ timeout: 60_000 })
    await house.report(plainReport('new-machine', 'Another backup'))
    const fresh = page.getByText('Another backup').first()
    await fresh.waitFor({ timeout: 60_000 })
    t.ok(await fresh.isVisible())
    await context.close()
  })

  t.test('the first-run page turns green with a report, without reload', async (t) => {
    const empty = await smallHouse({ days: 0 })
    const own = empty.app.urls.public.replace(/\/$/, '')
    const seen = await watchedPage(browser, own, (await signedIn(empty.app, 'viewer'))['Cookie'] ?? '')
    await seen.page.goto(`${own}/start`)
    await seen.page.getByText('Listening for the first report').waitFor()
    await seen.page.locator('.live, html').first().waitFor()
    await empty.report(plainReport('first', 'First backup'))
    await seen.page.getByText('Reports arrive').waitFor({ timeout: 60_000 })
    t.same(seen.troubles, [])
    await seen.context.close()
    await empty.close()
  })

  t.test('charts draw in the library without breaking the policy, and a point opens its run', async (t) => {
    const { page, context, troubles } = await open({ viewport: { width: 1200, height: 2400 } })
    await page.goto(`${address}/jobs/${idOf('Photos')}`)
    await page.locator('.apexcharts-canvas').nth(5).waitFor({ timeout: 60_000 })
    await page.locator('#chart-duration .apexcharts-marker').nth(3).click({ force: true })
    await page.waitForURL('**/runs/run_*')
    t.same(troubles, [])
    await context.close()
  })

  t.test('behind a base path no request leaves it, and forms and live updates work', async (t) => {
    const inner = await smallHouse({ days: 3, env: { BASE_PATH: '/home/backups' } })
    const own = `${new URL(inner.app.urls.public).origin}/home/backups`
    const seen = await watchedPage(browser, own, (await signedIn(inner.app, 'viewer'))['Cookie'] ?? '')
    await seen.page.goto(`${own}/`)
    await seen.page.locator('.live[data-state=live]').waitFor()
    await inner.report(plainReport('new-machine', 'Fresh backup'))
    await seen.page.getByText('Fresh backup').first().waitFor({ timeout: 60_000 })
    await seen.page.getByRole('button', { name: 'Table' }).click()
    await seen.page.getByRole('link', { name: 'Fresh backup' }).first().click()
    await seen.page.locator('.apexcharts-canvas').first().waitFor({ timeout: 60_000 })
    await seen.page.locator('.hist tbody a').first().click()
    await seen.page.waitForURL(`${own}/runs/*`)
    t.same(seen.troubles, [])
    await seen.context.close()
    await inner.close()
  })
})

function plainReport(machine: string, name: string): unknown {
  const now = Date.now()
  return {
    Data: {
      MainOperation: 'Backup',
      ParsedResult: 'Success',
      BeginTime: new Date(now - 60_000).toISOString(),
      EndTime: new Date(now).toISOString(),
      ExaminedFiles: 3,
      SizeOfExaminedFiles: 1000,
    },
    Extra: { 'machine-id': machine, 'machine-name': machine, 'backup-id': name, 'backup-name': name },
  }
}
