import t from 'tap'
import { withoutChromium } from '../support/browser.ts'
import { atEveryDoor } from '../support/doors.ts'
import { untilTrue } from '../support/look.ts'
import { plainReport } from '../support/plain-report.ts'

t.test('people use the pages', { skip: withoutChromium }, async (t) => {
  await atEveryDoor(t, { days: 20 }, async (t, door) => {
    const { house } = door
    const home = `${door.base}/`
    const { jobs } = house.app.house.store.state()
    const idOf = (name: string) => Object.values(jobs).find((job) => job.name === name)?.id ?? ''
    // A page whose patience runs out while the other stories are told. A connection is the same under any address.
    const heldBack = door.name === 'behind a base path' ? null : await door.open()
    await heldBack?.page.route('**/events', () => undefined)
    await heldBack?.view.goto(home)

    await t.test('with scripts off pages read, link, filter, sort and page', async (t) => {
      const { view, context } = await door.open({ javaScriptEnabled: false })
      await view.goto(home)
      await view.getByRole('link', { name: 'Failed 1' }).click()
      await view.waitForURL(/state=failed/)
      t.equal(await view.locator('.jobs tbody tr').count(), 1)
      await view.locator('input[name=q]').fill('home')
      await view.locator('input[name=q]').press('Enter')
      await view.waitForURL(/q=home/)
      t.equal(await view.locator('.jobs tbody tr').count(), 1)
      await view.getByRole('button', { name: 'Table' }).click()
      await view.getByRole('link', { name: 'Source' }).click()
      await view.waitForURL(/sort=source/)
      t.equal(await view.locator('th[aria-sort=descending]').count(), 1)
      await view.goto(home)
      await view.getByRole('link', { name: 'Photos', exact: true }).first().click()
      await view.waitForURL(`${door.base}/jobs/*`)
      t.equal(await view.locator('.plot svg').count(), 6, 'charts are drawn by the server')
      await view.locator('select[name=result]').selectOption('bad')
      await view.getByRole('button', { name: 'Apply' }).click()
      await view.waitForURL(/result=bad/)
      await view.locator('.hist tbody a').first().click()
      await view.getByRole('link', { name: /^Warnings/ }).click()
      await view.waitForURL(/level=warning/)
      t.equal(await view.locator('.only-script:visible').count(), 0, 'what needs script is not shown')
      const mine = view.locator('summary', { hasText: 'Your menu' })
      await mine.click()
      t.ok(await view.getByRole('button', { name: 'Dark' }).isVisible(), 'the menu opens')
      await view.getByRole('button', { name: 'Dark' }).click()
      await view.locator('html[data-theme=dark]').waitFor()
      await view.goto(home)
      await view.getByRole('button', { name: 'Grouped' }).click()
      await context.close()
    })

    await t.test('the keyboard finds, filters, opens the card of a row and closes it', async (t) => {
      const { view, context, troubles, page } = await door.open()
      await view.goto(home)
      // Keys go where somebody has clicked last.
      await view.locator('h1').click()
      await page.keyboard.press('/')
      await untilTrue(view, 'document.activeElement?.getAttribute("name") === "q"')
      await page.keyboard.type('phot')
      await untilTrue(view, 'document.querySelectorAll(".jobs tbody tr:not([hidden])").length === 1')
      t.equal(await view.locator('.jobs tbody tr:visible').count(), 1)
      await page.keyboard.press('Escape')
      await untilTrue(view, 'document.querySelectorAll(".jobs tbody tr:not([hidden])").length === 8')
      const more = view.locator(`#r-${idOf('Photos')} [data-card]`)
      await more.focus()
      await page.keyboard.press('Enter')
      await view.locator('.card-over').waitFor()
      t.match(await view.locator('.card-over').textContent(), 'Last run')
      await page.keyboard.press('Tab')
      t.ok(await view.evaluate('document.activeElement?.closest(".card-over") !== null'), 'Tab goes into it')
      await page.keyboard.press('Escape')
      t.equal(await view.locator('.card-over').count(), 0)
      t.ok(await view.evaluate('document.activeElement?.hasAttribute("data-card")'), 'focus returns')
      await page.keyboard.press('g')
      await page.keyboard.press('m')
      await view.waitForURL('**/trends')
      t.same(troubles, [])
      await context.close()
    })

    await t.test('a page follows a new report, and keeps focus, scroll and open menus', async (t) => {
      const { view, context, troubles, page } = await door.open({ viewport: { width: 1200, height: 500 } })
      await view.goto(home)
      await view.locator('.live[data-state=live]').waitFor()
      await view.locator('.menu summary').first().click()
      await view.locator('input[name=q]').focus()
      await page.keyboard.type('zz-nothing')
      await view.evaluate('scrollTo(0, 120)')
      const before = await view.locator('.totals dd').nth(1).textContent()
      await house.report(plainReport('new-machine', 'Fresh backup'))
      await view.locator('.totals dd', { hasText: String(Number(before) + 1) }).waitFor({ timeout: 60_000 })
      t.equal(await view.locator('input[name=q]').inputValue(), 'zz-nothing')
      t.equal(await view.evaluate('scrollY'), 120)
      t.ok(await view.evaluate('document.activeElement?.getAttribute("name") === "q"'))
      t.equal(await view.locator('.jobs tbody tr:visible').count(), 0, 'the filter holds for new rows')
      t.same(troubles, [])
      await context.close()
    })

    await t.test('the first-run page turns green with a report, without reload', async (t) => {
      const empty = await door.another({ days: 0 })
      const { view, context, troubles } = await empty.open()
      await view.goto(`${empty.base}/start`)
      await view.getByText('Listening for the first report').waitFor()
      await view.locator('.live, html').first().waitFor()
      await empty.house.report(plainReport('first', 'First backup'))
      await view.getByText('Reports arrive').waitFor({ timeout: 60_000 })
      t.same(troubles, [])
      await context.close()
      await empty.close()
    })

    await t.test(
      'charts draw in the library without breaking the policy, and a point opens its run',
      async (t) => {
        const { view, context, troubles } = await door.open({ viewport: { width: 1200, height: 2400 } })
        await view.goto(`${door.base}/jobs/${idOf('Photos')}`)
        await view.locator('.apexcharts-canvas').nth(5).waitFor({ timeout: 60_000 })
        const steps = await view.locator('#chart-duration .apexcharts-yaxis-label title').allTextContents()
        t.ok(steps.length > 2)
        for (const step of steps) t.match(step, /^\d+\u202f(s|m|h|d)$/, 'the axis goes in whole hours')
        await view.locator('#chart-duration .apexcharts-marker').nth(3).click({ force: true })
        await view.waitForURL('**/runs/run_*')
        await view.goto(`${door.base}/jobs/${idOf('Photos')}`)
        await view.getByRole('button', { name: 'Bars' }).click()
        await view.locator('#chart-duration .apexcharts-bar-area').nth(3).click({ force: true })
        await view.waitForURL('**/runs/run_*')
        await view.goto(`${door.base}/trends`)
        await view.locator('button[value=bars][aria-pressed=true]').waitFor()
        await view.getByRole('button', { name: 'Lines' }).click()
        await view.locator('button[value=line][aria-pressed=true]').waitFor()
        t.same(troubles, [])
        await context.close()
      },
    )

    if (heldBack === null) return

    await t.test('a lost connection is said and blocks nothing, and comes back by itself', async (t) => {
      const { view, context } = await door.open()
      await view.goto(home)
      await view.locator('.live[data-state=live]').waitFor()
      await context.setOffline(true)
      await view.locator('[data-refresh]').click()
      await view.locator('#offline').waitFor()
      t.ok(await view.getByRole('link', { name: 'Photos', exact: true }).first().isVisible())
      await context.setOffline(false)
      await view.locator('#offline').waitFor({ state: 'hidden', timeout: 60_000 })
      await context.close()
    })

    await t.test('pages are followed by asking where a proxy holds events back', async (t) => {
      const { view, context } = heldBack
      await view.locator('.live[data-state=polling]').waitFor({ timeout: 60_000 })
      await house.report(plainReport('new-machine', 'Another backup'))
      const fresh = view.getByText('Another backup').first()
      await fresh.waitFor({ timeout: 60_000 })
      t.ok(await fresh.isVisible())
      await context.close()
    })
  })
})
