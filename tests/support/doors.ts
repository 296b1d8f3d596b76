import type { Browser, BrowserContextOptions } from 'playwright-core'
import type { Test } from 'tap'
import { ANNA, behindIngress, CHILD } from './behind-ingress.ts'
import { openBrowser, type Watched, watchedPage } from './browser.ts'
import { type SmallHouse, smallHouse } from './small-house.ts'
import { signedIn } from './visitors.ts'

/** A way into a program of its own, and what one may do there. */
export interface Door {
  readonly name: string
  readonly role: 'administrator' | 'viewer'
  readonly house: SmallHouse
  /** Address of the overview, without the slash at its end. */
  readonly base: string
  /** A page of somebody who is in, with nothing in it yet. */
  open(options?: BrowserContextOptions): Promise<Watched>
  /** Another program behind a door like this one. */
  another(options: HouseOptions): Promise<Door>
  close(): Promise<void>
}

export interface HouseOptions {
  /** Days of the demonstration's history; 0 for an empty folder. */
  readonly days: number
}

type DoorKind = (browser: Browser, options: HouseOptions) => Promise<Door>

/** Every way in: plain, behind a base path, and inside Home Assistant's frame with and without the rank. */
const KINDS: Readonly<Record<string, DoorKind>> = {
  'at the public door': (browser, options) => publicDoor('at the public door', browser, options, ''),
  'behind a base path': (browser, options) =>
    publicDoor('behind a base path', browser, options, '/home/backups'),
  'in Home Assistant, as administrator': (browser, options) =>
    ingressDoor('in Home Assistant, as administrator', browser, options, 'administrator'),
  'in Home Assistant, as viewer': (browser, options) =>
    ingressDoor('in Home Assistant, as viewer', browser, options, 'viewer'),
}

/** The same journey through every door, one after another, in one browser. Each door has a house of its own. */
export async function atEveryDoor(
  t: Test,
  options: HouseOptions,
  journey: (t: Test, door: Door) => Promise<void>,
): Promise<void> {
  const browser = await openBrowser()
  t.teardown(() => browser.close())
  for (const [name, open] of Object.entries(KINDS)) {
    await t.test(name, async (t) => {
      const door = await open(browser, options)
      t.teardown(() => door.close())
      await journey(t, door)
    })
  }
}

async function publicDoor(
  name: string,
  browser: Browser,
  options: HouseOptions,
  basePath: string,
): Promise<Door> {
  const house = await smallHouse({ ...options, env: { BASE_PATH: basePath } })
  const base = house.app.urls.public.replace(/\/$/, '')
  const cookie = (await signedIn(house.app, 'administrator'))['Cookie'] ?? ''
  return {
    name,
    role: 'administrator',
    house,
    base,
    open: (more = {}) => watchedPage(browser, base, cookie, more),
    another: (next) => publicDoor(name, browser, next, basePath),
    close: () => house.close(),
  }
}

/** The page stands in the frame of Home Assistant's own page, behind both legs. */
async function ingressDoor(
  name: string,
  browser: Browser,
  options: HouseOptions,
  role: Door['role'],
): Promise<Door> {
  const addOn = await behindIngress(options)
  addOn.house.setUser(role === 'administrator' ? ANNA : CHILD)
  const base = addOn.house.entry.replace(/\/$/, '')
  return {
    name,
    role,
    house: addOn.small,
    base,
    async open(more = {}) {
      const seen = await watchedPage(browser, base, null, more)
      await seen.page.goto(addOn.house.panel)
      const frame = seen.page.frames()[1]
      if (frame === undefined) throw new Error('The panel of Home Assistant has no frame')
      await frame.waitForLoadState()
      return { ...seen, view: frame }
    },
    another: (next) => ingressDoor(name, browser, next, role),
    close: () => addOn.close(),
  }
}
