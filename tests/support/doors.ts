import type { Browser, BrowserContextOptions } from 'playwright-core'
import type { Test } from 'tap'
import { ANNA, behindIngress, CHILD } from './behind-ingress.ts'
import { type Watched, watchedPage } from './browser.ts'
import { sharedBrowser } from './shared-browser.ts'
import { type SmallHouse, smallHouse } from './small-house.ts'
import { signedIn } from './visitors.ts'

/** A way into a program of its own, and what one may do there. */
export interface Door {
  readonly name: DoorName
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

/** Every way in: plain, behind a base path, and inside Home Assistant's frame with and without the rank. */
const KINDS = {
  'at the public door': (browser: Browser, options: HouseOptions) =>
    publicDoor('at the public door', browser, options, ''),
  'behind a base path': (browser: Browser, options: HouseOptions) =>
    publicDoor('behind a base path', browser, options, '/home/backups'),
  'in Home Assistant, as administrator': (browser: Browser, options: HouseOptions) =>
    ingressDoor('in Home Assistant, as administrator', browser, options, 'administrator'),
  'in Home Assistant, as viewer': (browser: Browser, options: HouseOptions) =>
    ingressDoor('in Home Assistant, as viewer', browser, options, 'viewer'),
} as const

export type DoorName = keyof typeof KINDS

const EVERY_DOOR = Object.keys(KINDS) as readonly DoorName[]

/** Where a base path changes nothing that addresses do not show: they are walked in other journeys. */
export const PUBLIC_AND_HOME_ASSISTANT = EVERY_DOOR.filter((name) => name !== 'behind a base path')

/** The same journey through every door. */
export function atEveryDoor(
  t: Test,
  options: HouseOptions,
  journey: (t: Test, door: Door) => Promise<void>,
): Promise<void> {
  return atDoors(t, EVERY_DOOR, options, journey)
}

/** The same journey through several doors, one after another, in one browser. Each door has a house of its own. */
export async function atDoors(
  t: Test,
  names: readonly DoorName[],
  options: HouseOptions,
  journey: (t: Test, door: Door) => Promise<void>,
): Promise<void> {
  const browser = await sharedBrowser()
  for (const name of names) {
    const open = KINDS[name]
    await t.test(name, async (t) => {
      const door = await open(browser, options)
      t.teardown(() => door.close())
      await journey(t, door)
    })
  }
}

async function publicDoor(
  name: DoorName,
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
  name: DoorName,
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
