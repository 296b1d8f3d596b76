import type { Page } from 'playwright-core'
import t from 'tap'
import { behindIngress } from '../support/behind-ingress.ts'
import { type Watched, watchedPage, withoutChromium } from '../support/browser.ts'
import { DESK, PHONE, untilTrue } from '../support/look.ts'
import { sharedBrowser } from '../support/shared-browser.ts'

t.test('inside the frame of Home Assistant', { skip: withoutChromium }, async (t) => {
  const addOn = await behindIngress()
  t.teardown(addOn.close)
  const browser = await sharedBrowser()
  const open = async (address: string, options: object): Promise<Watched> => {
    const seen = await watchedPage(browser, addOn.house.entry.replace(/\/$/, ''), null, options)
    await seen.page.goto(address)
    return seen
  }

  await t.test('a phone has the button for the menu of Home Assistant', async (t) => {
    const narrow = await open(addOn.house.panel, PHONE)
    await menuButton(narrow.page).click()
    await untilTrue(narrow.page, told('toggle-menu'))
    t.same(narrow.troubles, [])
    const wide = await open(addOn.house.panel, DESK)
    await wide.page.frameLocator('iframe').locator('h1').first().waitFor()
    await untilTrue(wide.page, told('subscribe-properties'))
    t.notOk(await menuButton(wide.page).isVisible())
    for (const { context } of [narrow, wide]) await context.close()
  })

  await t.test(
    'a link of Home Assistant leads to its page, and pages are told to Home Assistant',
    async (t) => {
      const { page, context, troubles } = await open(`${addOn.house.panel}/help`, DESK)
      await untilTrue(
        page,
        `document.querySelector('iframe').contentWindow.location.pathname.endsWith('/help')`,
      )
      await page.frameLocator('iframe').getByRole('link', { name: 'Overview' }).first().click()
      await untilTrue(page, told('navigate'))
      t.match(await page.evaluate(`messages.find(({ type }) => type === 'home-assistant/navigate')`), {
        path: '/app/abcdef12_duplistatus/',
        options: { replace: true },
      })
      t.same(troubles, [])
      await context.close()
    },
  )

  await t.test('a path can be searched for in the log of a run', async (t) => {
    const { page, context, troubles } = await open(`${addOn.house.panel}/runs/run_1`, DESK)
    const search = page.frameLocator('iframe').locator('#log input[type=search]')
    await search.fill('/d/größe')
    await search.press('Enter')
    await untilTrue(page, `document.querySelector('iframe').contentWindow.location.search.includes('%7Eq=')`)
    await search.waitFor()
    t.equal(await search.inputValue(), '/d/größe')
    t.same(troubles, [])
    await context.close()
  })

  await t.test('no request leaves the frame', async (t) => {
    const prefix = new URL(addOn.house.entry).pathname
    const ours = addOn.house.requests.filter((line) => !/ \/(app\/|favicon\.ico)/.test(line))
    t.ok(ours.length > 10)
    t.same(
      ours.filter((line) => !line.includes(` ${prefix}`)),
      [],
    )
  })
})

function menuButton(page: Page) {
  return page.frameLocator('iframe').getByRole('button', { name: 'Menu of Home Assistant' })
}

/** Whether the page around the frame has heard this message. */
function told(type: string): string {
  return `messages.some((message) => message.type === 'home-assistant/${type}')`
}
