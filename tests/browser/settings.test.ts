import t, { type Test } from 'tap'
import { askFrom, withoutChromium } from '../support/browser.ts'
import { atEveryDoor, type Door } from '../support/doors.ts'
import { untilTrue } from '../support/look.ts'

t.test('settings of channels in a browser', { skip: withoutChromium }, async (t) => {
  await atEveryDoor(t, { days: 2 }, async (t, door) => {
    const { store } = door.house.app.house
    const topic = { 'notices.ntfy.enabled': true, 'ntfy.topic': 'duplistatus-abcdefghijkl' }
    await store.change((state) => ({ ...state, settings: { ...state.settings, ...topic } }))

    await t.test(
      'a template shows what it would say while one types, and what is wrong with it',
      async (t) => {
        if (door.role === 'viewer') return onlyLooks(t, door)
        const { view, page, context, troubles } = await door.open()
        await view.goto(`${door.base}/settings/templates?kind=success`)
        const message = view.locator('#t-message')
        await message.fill('It took {duraton}.')
        const preview = view.locator('#preview')
        await preview.getByText('Did you mean {duration}?').waitFor()
        await message.fill('Hello from ')
        await view.locator('[data-insert="{server_name}"]').click()
        t.equal(await message.inputValue(), 'Hello from {server_name}')
        await preview.getByText(/Hello from [A-Za-z]/).waitFor()
        t.equal(store.state().settings['templates.success'], undefined)

        let asked = false
        page.once('dialog', (dialog) => {
          asked = true
          void dialog.accept()
        })
        await view.locator('.places a').first().click()
        await view.waitForURL(`${door.base}/`)
        t.ok(asked, 'leaving without saving is asked about')
        t.same(troubles, [])
        await context.close()
      },
    )

    await t.test('the header shows the topic with its code', async (t) => {
      const { view, context, troubles } = await door.open()
      await view.goto(`${door.base}/`)
      await view.locator('summary[title="ntfy topic"]').click()
      const code = view.locator('header .qr')
      await code.waitFor()
      await untilTrue(view, 'document.querySelector("header .qr").naturalWidth > 0')
      t.equal(
        await view.locator('header a[target=_blank]').getAttribute('href'),
        'https://ntfy.sh/duplistatus-abcdefghijkl',
      )
      t.same(troubles, [])
      await context.close()
    })
  })
})

/** Templates are for administrators: neither the page nor its preview opens. */
async function onlyLooks(t: Test, door: Door): Promise<void> {
  const { view, context } = await door.open()
  const answer = await view.goto(`${door.base}/settings/templates?kind=success`)
  t.equal(answer?.status(), 403)
  t.equal(await view.locator('#t-message').count(), 0)
  t.equal(await askFrom(view, 'POST', `${door.base}/settings/templates/success/preview`), 403)
  t.equal(await askFrom(view, 'POST', `${door.base}/settings/templates/success`), 403)
  await context.close()
}
