import t, { type Test } from 'tap'
import { askFrom, withoutChromium } from '../support/browser.ts'
import { atEveryDoor, type Door } from '../support/doors.ts'
import { plainReport } from '../support/plain-report.ts'

t.test('watching in a browser', { skip: withoutChromium }, async (t) => {
  await atEveryDoor(t, { days: 14 }, async (t, door) => {
    await door.house.app.calendar.now('overdue')
    const state = () => door.house.app.house.store.state()
    const named = (name: string) => Object.values(state().jobs).find((job) => job.name === name)
    if (door.role === 'viewer') return onlyLooks(t, door)
    const photos = named('Photos')?.id ?? ''

    await t.test('a row is edited in its place, and what is wrong is said and focused', async (t) => {
      const { view, context } = await door.open()
      await view.goto(`${door.base}/settings/monitoring`)
      await view.evaluate('window.isStillThis = true')
      await view.locator('a[aria-label="Change: Photos"]').click()
      const edit = view.locator('tr.edit')
      await edit.getByText('By interval').click()
      await edit.locator('input[name=every]').fill('often')
      await edit.getByRole('button', { name: 'Save' }).click()
      await edit.getByText('A whole number, such as 1.').waitFor()
      t.equal(await view.evaluate('document.activeElement.getAttribute("name")'), 'every')
      await edit.locator('input[name=every]').fill('2')
      await edit.getByRole('button', { name: 'Save' }).click()
      await view.locator('.tray').getByText('Saved for Photos.').waitFor()
      t.match(named('Photos')?.overrides.expect, { interval: '2D' })
      t.match(await view.locator(`#r-${photos}`).textContent(), /every 2 days/)
      t.match(view.url(), /\/settings\/monitoring(#|$)/)
      await view.locator('button[aria-label="Watch Photos"]').click()
      await view.locator('button[aria-label="Watch Photos"][aria-checked=false]').waitFor()
      t.ok(await view.evaluate('window.isStillThis === true'), 'the page was loaded once')
      await context.close()
    })

    await t.test('checked rows bring up what can be set for all of them', async (t) => {
      const { view, context, troubles } = await door.open()
      await view.goto(`${door.base}/settings/monitoring`)
      t.notOk(await view.locator('#bulk').isVisible())
      await view.locator('input[aria-label="Select Mail"]').check()
      await view.locator('input[aria-label="Select Databases"]').check()
      await view.locator('#bulk output').getByText('2').waitFor()
      await view.locator('#bulk select[name=tolerance]').selectOption('15')
      await view.locator('#bulk').getByRole('button').click()
      await view.locator('.tray').getByText('Saved for 2 backups.').waitFor()
      t.equal(named('Mail')?.overrides.toleranceMinutes, 15)
      t.same(troubles, [])
      await context.close()
    })

    await t.test('a server that reports for the first time is said, and comes into the lists', async (t) => {
      const { page, view, context, troubles } = await door.open()
      const listening = page.waitForResponse(/\/events$/)
      await view.goto(`${door.base}/settings/monitoring`)
      await listening
      await view.locator('input[aria-label="Select Mail"]').check()
      await view.locator('#all input[name$=catch_up_minutes]').fill('77')
      await door.house.report(plainReport('newcomer', 'Letters'))
      await view.locator('.tray').getByText('newcomer is new').waitFor()
      await view.locator('tr.line', { hasText: 'Letters' }).waitFor()
      t.ok(await view.locator('input[aria-label="Select Mail"]').isChecked(), 'what is checked stays')
      t.equal(
        await view.locator('#all input[name$=catch_up_minutes]').inputValue(),
        '77',
        'and what is typed',
      )
      t.same(troubles, [])
      await context.close()
    })

    await t.test('a problem is acknowledged and snoozed where it stands', async (t) => {
      const { view, context, troubles } = await door.open()
      await view.goto(`${door.base}/activity`)
      const first = view.locator('.incident').first()
      await first.getByRole('button', { name: 'Acknowledge' }).click()
      await view.locator('.tray').getByText('Acknowledged').waitFor()
      await first.getByText('Snooze').first().click()
      await first.getByRole('button', { name: 'a day' }).click()
      await view.locator('.tray').getByText('Not a word until').waitFor()
      await first.getByText('Snoozed until').waitFor()
      t.same(troubles, [])
      await context.close()
    })
  })
})

/** A viewer sees what is watched and what is wrong, and nothing that would change it. */
async function onlyLooks(t: Test, door: Door): Promise<void> {
  const { view, context, troubles } = await door.open()
  await view.goto(`${door.base}/settings/monitoring`)
  t.match(await view.locator('main').textContent(), 'Photos')
  const changes = view.locator('main form[method=post] :enabled')
  t.equal(await view.locator('a[aria-label="Change: Photos"], #bulk').count(), 0)
  t.equal(await changes.count(), 0)
  await view.goto(`${door.base}/activity`)
  t.ok((await view.locator('.incident').count()) > 0)
  t.equal(await changes.count(), 0)
  t.same(troubles, [])
  const incident = Object.keys(door.house.app.house.store.state().incidents)[0]
  t.equal(await askFrom(view, 'POST', `${door.base}/incidents/${incident}/acknowledge`), 403)
  await context.close()
}
