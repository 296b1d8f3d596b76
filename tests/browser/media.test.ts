import type { Page } from 'playwright-core'
import t from 'tap'
import { openBrowser, watchedPage, withoutChromium } from '../support/browser.ts'
import { HOSTILE, hostileReport } from '../support/hostile.ts'
import { untilTrue } from '../support/look.ts'
import { smallHouse } from '../support/small-house.ts'
import { signedIn } from '../support/visitors.ts'

/** What people ask of their system: another contrast, less motion, paper, a hidden tab, a finger. */
t.test('pages heed what a person asks of the browser', { skip: withoutChromium }, async (t) => {
  const house = await smallHouse({ days: 10 })
  const browser = await openBrowser()
  t.teardown(async () => {
    await browser.close()
    await house.close()
  })
  const home = house.app.urls.public.replace(/\/$/, '')
  const { Cookie = '' } = await signedIn(house.app, 'administrator')
  const open = (options = {}) => watchedPage(browser, home, Cookie, options)
  const job = Object.values(house.app.house.store.state().jobs).find((one) => one.name === 'Photos')

  await t.test('forced colours keep strips, states and what is chosen visible', async (t) => {
    const { page, context } = await open({ forcedColors: 'active' })
    await page.goto(home)
    t.equal(await page.evaluate('matchMedia("(forced-colors: active)").matches'), true)
    t.notSame(await style(page, '.strip path.is-ok', 'fill'), await style(page, '.jobs', 'backgroundColor'))
    t.equal(await style(page, '.seg [aria-pressed=true]', 'borderTopStyle'), 'solid')
    t.equal(await style(page, '.pill', 'borderTopStyle'), 'solid')
    t.equal(await style(page, '.filters [aria-current]', 'borderTopStyle'), 'solid')
    await context.close()
  })

  await t.test('more contrast gives stronger lines and darker soft text, in both themes', async (t) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const usual = await open({ colorScheme })
      const more = await open({ colorScheme, contrast: 'more' })
      for (const { page } of [usual, more]) await page.goto(home)
      for (const [selector, property] of [
        ['.verdict p', 'color'],
        ['.group', 'borderTopColor'],
      ] as const)
        t.not(
          await style(more.page, selector, property),
          await style(usual.page, selector, property),
          selector,
        )
      await usual.context.close()
      await more.context.close()
    }
  })

  await t.test('with less motion nothing moves', async (t) => {
    const { page, context } = await open({ reducedMotion: 'reduce' })
    await page.goto(`${home}/jobs/${job?.id}`)
    const moving = await page.evaluate(`[...document.querySelectorAll('*')].filter((one) => {
      const { animationDuration, transitionDuration } = getComputedStyle(one)
      return [animationDuration, transitionDuration].some((time) => parseFloat(time) > 0.001)
    }).length`)
    t.equal(moving, 0)
    await context.close()
  })

  await t.test('on paper stands what is read, as wide as the sheet, and nothing to press', async (t) => {
    const { page, context } = await open({ viewport: { width: 794, height: 1123 }, colorScheme: 'dark' })
    for (const path of ['/', `/jobs/${job?.id}`, '/activity', '/help']) {
      await page.goto(home + path)
      await page.emulateMedia({ media: 'print' })
      for (const hidden of ['.bar', '.foot', '.live'])
        t.equal(await page.locator(`${hidden}:visible`).count(), 0, `${path} leaves out ${hidden}`)
      t.ok(await page.locator('h1').isVisible())
      t.equal(await page.evaluate('document.scrollingElement.scrollWidth - innerWidth'), 0, `${path} fits`)
      t.equal(await style(page, 'html', 'backgroundColor'), 'rgb(255, 255, 255)', 'no ink for the dark')
      await page.emulateMedia({ media: 'screen' })
    }
    await context.close()
  })

  await t.test('a hidden page asks for nothing, and is fresh again when it is looked at', async (t) => {
    const { page, context } = await open()
    await page.goto(home)
    await page.locator('.live[data-state=live]').waitFor()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await hide(page, true)
    await house.report(hostileReport(HOSTILE[0] ?? '', new Date()))
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 2500))')
    t.same(asked, [])
    await hide(page, false)
    await untilTrue(page, 'document.querySelectorAll(".jobs tbody tr").length === 9')
    t.ok(asked.some((url) => url.includes('fragment=1')))
    await context.close()
  })

  await t.test('the card of a row opens under the mouse, by the keyboard and under a finger', async (t) => {
    const mouse = await open()
    await mouse.page.goto(home)
    await mouse.page.locator(`#r-${job?.id} th`).hover()
    await mouse.page.locator('.card-over').waitFor()
    for (const part of [
      'Last run',
      'Result',
      'Next run',
      'Last check',
      'Tells about',
      'Last message',
      'Monitoring',
      'Notifications',
    ])
      t.match(await mouse.page.locator('.card-over').textContent(), part)
    t.equal(await mouse.page.locator(`.card-over a[href="/jobs/${job?.id}/monitoring"]`).count(), 1)
    await mouse.context.close()

    const keys = await open()
    await keys.page.goto(home)
    await keys.page.locator(`#r-${job?.id} th a`).focus()
    for (let step = 0; step < 6 && (await keys.page.locator('.card-over').count()) === 0; step += 1) {
      await keys.page.keyboard.press('Tab')
      await keys.page.evaluate('new Promise((resolve) => setTimeout(resolve, 600))')
    }
    t.equal(await keys.page.locator('.card-over').count(), 1, 'focus is enough')
    await keys.context.close()

    const finger = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
    await finger.page.goto(home)
    await finger.page.locator(`#r-${job?.id} .c-strip`).tap()
    await finger.page.locator('.card-over').waitFor()
    t.same([...mouse.troubles, ...keys.troubles, ...finger.troubles], [])
    await finger.context.close()
  })
})

function style(page: Page, selector: string, property: string): Promise<string> {
  return page.evaluate(`getComputedStyle(document.querySelector('${selector}')).${property}`)
}

/** A tab in the background, as far as its scripts can tell. */
async function hide(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, 'hidden', { get: () => ${isHidden}, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))`)
}
