import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Frame } from 'playwright-core'
import t, { type Test } from 'tap'
import { ROUTES } from '../../src/web/routes.ts'
import { askFrom, type Watched, withoutChromium } from '../support/browser.ts'
import { atEveryDoor, type Door } from '../support/doors.ts'
import { everyPage } from '../support/every-page.ts'
import { DESK, overhang, PHONE, settle, untilTrue } from '../support/look.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const FITS = 'document.documentElement.scrollWidth === document.documentElement.clientWidth'

t.test('in a browser', { skip: withoutChromium }, async (t) => {
  await atEveryDoor(t, { days: 20 }, async (t, door) => {
    await livedIn(door)
    const all = everyPage(door.house, 'Photos')
    const isOpen = ({ who }: { who: string }) => who !== 'administrator' || door.role === 'administrator'
    const open = all.filter(isOpen).map(({ path }) => path)
    const shut = all.filter((one) => !isOpen(one)).map(({ path }) => path)
    t.ok(open.length > 20, `${open.length} pages`)

    await t.test('no page breaks a rule of accessibility, and none is cut', async (t) => {
      const seen = await door.open(DESK)
      for (const path of isBasePath(door) ? open.filter(isOneOfItsKind) : open)
        await lookAtDesk(t, seen, door, path)
      t.same(seen.troubles, [], 'nothing went wrong unseen')
      await lookAtDesk(t, seen, door, '/nope', 404)
      await seen.context.close()
    })

    await t.test('in the dark text can be read on every page', async (t) => {
      const seen = await door.open({ ...DESK, colorScheme: 'dark' })
      for (const path of hasOwnColours(door) ? open : open.slice(0, 1)) {
        await seen.view.goto(door.base + path)
        await settle(seen)
        t.same(await violations(seen.view, 'dark', door), [], path)
      }
      t.same(seen.troubles, [], 'nothing went wrong unseen')
      await seen.context.close()
    })

    await t.test('on a phone nothing scrolls sideways and every target is a thumb wide', async (t) => {
      const seen = await door.open(PHONE)
      const { view, context, troubles } = seen
      for (const path of hasOwnColours(door) ? open : open.filter(isOneOfItsKind)) {
        await view.goto(door.base + path)
        await settle(seen)
        t.equal(await overhang(view), 0, `${path} is as wide as the screen`)
        t.same(await view.evaluate(script('small-targets')), [], `${path} has only targets of 44 px`)
      }
      t.same(troubles, [], 'nothing went wrong unseen')
      await context.close()
    })

    await t.test('long words of other languages hold on a phone', async (t) => {
      const forms =
        /^\/($|jobs\/\w+(\/monitoring)?$|settings\/(templates|home-assistant|(monitoring|notifications)\?edit))/
      const long =
        door.role === 'administrator' && hasOwnColours(door) ? open.filter((path) => forms.test(path)) : []
      for (const locale of long.length === 0 ? [] : ['de-DE', 'fr-FR', 'es-ES', 'pt-BR', 'zh-CN']) {
        const seen = await door.open({ ...PHONE, locale })
        for (const path of long) {
          await seen.view.goto(door.base + path)
          await settle(seen)
          t.equal(await overhang(seen.view), 0, `${path} in ${locale}`)
        }
        await seen.context.close()
      }
    })

    await t.test(
      'a page for administrators is refused to everybody else, with a page that says so',
      async (t) => {
        t.equal(shut.length > 0, door.role === 'viewer')
        const seen = await door.open(DESK)
        for (const path of shut) {
          const answer = await seen.view.goto(door.base + path)
          t.equal(answer?.status(), 403, path)
          t.equal(await seen.view.locator('h1').count(), 1, path)
        }
        if (shut[0] !== undefined) {
          await lookAtDesk(t, seen, door, shut[0], 403)
          const asked = changes()
          const answers = await Promise.all(
            asked.map(([method, path]) => askFrom(seen.view, method, door.base + path)),
          )
          t.ok(asked.length > 50, `${asked.length} ways to change something`)
          t.same(
            asked.filter((_, position) => answers[position] !== 403),
            [],
          )
        }
        await seen.context.close()
      },
    )
  })
})

/** Every address by which administrators change something. */
function changes(): [string, string][] {
  return ROUTES.filter(({ method, who }) => method !== 'GET' && who === 'administrator').map(
    ({ method, path }) => [method, path.replace(/[:*]\w+/g, 'none')],
  )
}

/** What only some houses have: a topic, a mail that failed and what the server said, backups that are overdue. */
async function livedIn({ house: { app } }: Door): Promise<void> {
  const settings = { 'notices.ntfy.enabled': true, 'ntfy.topic': 'duplistatus-abcdefghijkl' }
  await app.house.store.change((state) => ({ ...state, settings: { ...state.settings, ...settings } }))
  const line = { who: 'server' as const, line: '535 authentication credentials invalid '.repeat(8) }
  app.house.trials.set('email', {
    at: new Date().toISOString(),
    by: 'anna',
    failure: { key: 'notify.email.no-password' },
    step: 'sign-in',
    lines: [line, { who: 'us', line: 'QUIT' }],
  })
  await app.calendar.now('overdue')
}

/** One page at 1440 px and in a narrower window, with everything open that can be folded. */
async function lookAtDesk(t: Test, seen: Watched, door: Door, path: string, status = 200): Promise<void> {
  const { page, view } = seen
  const answer = await view.goto(door.base + path)
  t.equal(answer?.status(), status, path)
  await settle(seen)
  t.equal(await overhang(view), 0, `${path} at 1440`)
  t.same(await violations(view, 'light', door), [], `light ${path}`)
  // At the other doors only some pages are seen on a phone.
  const narrower = hasOwnColours(door) ? { width: 820, height: 1100 } : PHONE.viewport
  await page.setViewportSize(narrower)
  // Charts take their time to follow.
  await untilTrue(view, FITS, 20_000).catch(() => undefined)
  t.equal(await overhang(view), 0, `${path} at ${narrower.width}`)
  await page.setViewportSize(DESK.viewport)
}

/** In the dark only what depends on colour is looked at again. */
async function violations(view: Frame, scheme: 'light' | 'dark', door: Door): Promise<string[]> {
  await view.evaluate(AXE)
  const axeOptions = {
    // Nothing that is played stands in a page, and what is well is not listed.
    preload: false,
    resultTypes: ['violations'],
    ...(scheme === 'dark'
      ? { runOnly: ['color-contrast'] }
      : { rules: { 'color-contrast': { enabled: hasOwnColours(door) } } }),
  }
  await view.evaluate(`window.axeOptions = ${JSON.stringify(axeOptions)}`)
  return view.evaluate(script('violations'))
}

/** The same pages have the same colours: another address and another rank change none. */
function hasOwnColours(door: Door): boolean {
  return door.name === 'at the public door'
}

function isBasePath(door: Door): boolean {
  return door.name === 'behind a base path'
}

/** One page of each kind, where all of them were walked at another door already. */
function isOneOfItsKind(path: string): boolean {
  return /^\/($|jobs\/\w+$|runs|settings\/(monitoring\?edit=job|display|database$))/.test(path)
}

/** What runs in the page stands in files of its own: the types of a browser are not those of Node. */
function script(name: string): string {
  return readFileSync(new URL(`page-scripts/${name}.js`, import.meta.url), 'utf8')
}
