import type { Frame } from 'playwright-core'
import t from 'tap'
import { withoutChromium } from '../support/browser.ts'
import { atDoors, PUBLIC_AND_HOME_ASSISTANT } from '../support/doors.ts'
import { HOSTILE, hostileReport } from '../support/hostile.ts'
import { overhang, PHONE, untilTrue } from '../support/look.ts'

/** What people ask of their system: another contrast, less motion, paper, a hidden tab, a finger. */
t.test('pages heed what a person asks of the browser', { skip: withoutChromium }, async (t) => {
  await atDoors(t, PUBLIC_AND_HOME_ASSISTANT, { days: 10 }, async (t, door) => {
    const { house } = door
    const home = `${door.base}/`
    // As the minute does that begins meanwhile.
    await house.app.calendar.now('overdue')
    const job = Object.values(house.app.house.store.state().jobs).find((one) => one.name === 'Photos')

    await t.test('forced colours keep strips, states and what is chosen visible', async (t) => {
      const { view, context } = await door.open({ forcedColors: 'active' })
      await view.goto(home)
      t.equal(await view.evaluate('matchMedia("(forced-colors: active)").matches'), true)
      t.notSame(await style(view, '.strip path.is-ok', 'fill'), await style(view, '.jobs', 'backgroundColor'))
      t.equal(await style(view, '.seg [aria-pressed=true]', 'borderTopStyle'), 'solid')
      t.equal(await style(view, '.pill', 'borderTopStyle'), 'solid')
      t.equal(await style(view, '.filters [aria-current]', 'borderTopStyle'), 'solid')
      await context.close()
    })

    await t.test('more contrast gives stronger lines and darker soft text, in both themes', async (t) => {
      // Windows that were so from the start: a page on its way from one look to another has neither.
      for (const colorScheme of ['light', 'dark'] as const) {
        const usual = await door.open({ colorScheme })
        const more = await door.open({ colorScheme, contrast: 'more' })
        for (const { view } of [usual, more]) await view.goto(home)
        for (const [selector, property] of [
          ['.verdict p', 'color'],
          ['.group', 'borderTopColor'],
        ] as const)
          t.not(
            await style(more.view, selector, property),
            await style(usual.view, selector, property),
            selector,
          )
        await usual.context.close()
        await more.context.close()
      }
    })

    await t.test('with less motion nothing moves', async (t) => {
      const { view, context } = await door.open({ reducedMotion: 'reduce' })
      await view.goto(`${home}jobs/${job?.id}`)
      const moving = await view.evaluate(`[...document.querySelectorAll('*')].filter((one) => {
      const { animationDuration, transitionDuration } = getComputedStyle(one)
      return [animationDuration, transitionDuration].some((time) => parseFloat(time) > 0.001)
    }).length`)
      t.equal(moving, 0)
      await context.close()
    })

    await t.test('on paper stands what is read, as wide as the sheet, and nothing to press', async (t) => {
      const { view, page, context } = await door.open({
        viewport: { width: 794, height: 1123 },
        colorScheme: 'dark',
      })
      for (const path of ['/', `/jobs/${job?.id}`, '/activity', '/help']) {
        await view.goto(door.base + path)
        await page.emulateMedia({ media: 'print' })
        for (const hidden of ['.bar', '.foot', '.live'])
          t.equal(await view.locator(`${hidden}:visible`).count(), 0, `${path} leaves out ${hidden}`)
        t.ok(await view.locator('h1').isVisible())
        t.equal(await overhang(view), 0, `${path} fits`)
        t.equal(await style(view, 'html', 'backgroundColor'), 'rgb(255, 255, 255)', 'no ink for the dark')
        await page.emulateMedia({ media: 'screen' })
      }
      await context.close()
    })

    await t.test('where one reads from the right, pages begin there and time still ends there', async (t) => {
      const { view, context } = await door.open(PHONE)
      const left = (selector: string) =>
        view.evaluate<number>(`document.querySelector('${selector}').getBoundingClientRect().left`)
      for (const path of ['/', '/?layout=cards', '/activity', '/settings/display', `/jobs/${job?.id}`]) {
        await view.goto(door.base + path)
        const before = await left('.brand')
        await view.evaluate("document.documentElement.dir = 'rtl'")
        t.ok((await left('.brand')) > before, `${path} begins at the right`)
        t.equal(await overhang(view), 0, `${path} is as wide as the screen`)
      }
      t.ok(
        (await left('.axis :first-child')) < (await left('.axis :last-child')),
        'the newest is at the right',
      )
      await context.close()
    })

    await t.test('a hidden page asks for nothing, and is fresh again when it is looked at', async (t) => {
      const hidden = await door.open()
      const shown = await door.open()
      for (const { view } of [hidden, shown]) {
        await view.goto(home)
        await view.locator('.live[data-state=live]').waitFor()
      }
      const asked: string[] = []
      hidden.page.on('request', (request) => asked.push(request.url()))
      await hide(hidden.view, true)
      // What would ask after the first has asked by the time that another page shows the second.
      for (const rows of [9, 10]) {
        await house.report(hostileReport(HOSTILE[0] ?? '', new Date()))
        await untilTrue(shown.view, `document.querySelectorAll(".jobs tbody tr").length === ${rows}`)
      }
      t.same(asked, [])
      await hide(hidden.view, false)
      await untilTrue(hidden.view, 'document.querySelectorAll(".jobs tbody tr").length === 10')
      t.ok(asked.some((url) => url.includes('fragment=1')))
      await shown.context.close()
      await hidden.context.close()
    })

    await t.test('the card of a row opens under the mouse, by the keyboard and under a finger', async (t) => {
      const mouse = await door.open()
      await mouse.view.goto(home)
      await mouse.view.locator(`#r-${job?.id} th`).hover()
      await mouse.view.locator('.card-over').waitFor()
      const parts = ['Last run', 'Result', 'Expected', 'Overdue since', 'Last check', 'Tells about']
      const waysToChange = door.role === 'administrator' ? ['Monitoring', 'Notifications'] : []
      for (const part of [...parts, 'Last message', ...waysToChange])
        t.match(await mouse.view.locator('.card-over').textContent(), part)
      const toChange = mouse.view.locator(`.card-over a[href$="/jobs/${job?.id}/monitoring"]`)
      t.equal(await toChange.count(), door.role === 'administrator' ? 1 : 0)
      await mouse.context.close()

      const keys = await door.open()
      await keys.view.goto(home)
      await keys.view.locator(`#r-${job?.id} th a`).focus()
      for (let step = 0; step < 6 && !(await keys.view.evaluate(ON_OPENER)); step += 1)
        await keys.page.keyboard.press('Tab')
      await keys.view.locator('.card-over').waitFor()
      await keys.context.close()

      const finger = await door.open(PHONE)
      await finger.view.goto(home)
      await finger.view.locator(`#r-${job?.id} .c-strip`).tap()
      await finger.view.locator('.card-over').waitFor()
      t.same([...mouse.troubles, ...keys.troubles, ...finger.troubles], [])
      await finger.context.close()
    })
  })
})

/** The keyboard has reached the button of a card: that is enough to open it. */
const ON_OPENER = 'document.activeElement?.matches("[data-card]") === true'

function style(view: Frame, selector: string, property: string): Promise<string> {
  return view.evaluate(`getComputedStyle(document.querySelector('${selector}')).${property}`)
}

/** A tab in the background, as far as its scripts can tell. */
async function hide(view: Frame, isHidden: boolean): Promise<void> {
  await view.evaluate(`Object.defineProperty(document, 'hidden', { get: () => ${isHidden}, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))`)
}
