import type { Frame, Locator } from 'playwright-core'
import type { Watched } from './browser.ts'

/** Two windows to look through. */
export const DESK = { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' } as const
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const

/** Until what was just changed has been drawn. */
const FRAME = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))'

/** Behaviours start when somebody reaches for the page; everything open that can be folded. */
export async function settle({ page, view }: Watched): Promise<void> {
  await page.mouse.move(5, 5)
  await view.waitForLoadState('load')
  await view.evaluate(
    `document.querySelectorAll("main details:not(.menu)").forEach((one) => { one.open = true })`,
  )
  await view.evaluate(FRAME)
}

/** Clicks what leads to another page, and waits for that page: in a frame a click does not wait by itself. */
export async function pressed(view: Frame, target: Locator): Promise<void> {
  await Promise.all([view.waitForNavigation({ timeout: 60_000 }), target.click()])
}

/** By how many pixels the page is wider than its window. */
export function overhang(view: Frame): Promise<number> {
  return view.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

/**
 * Waits until an expression is true in the page. Asked from here again and again: a page that asked itself would have
 * to make code from text, which its content security policy forbids.
 */
export async function untilTrue(
  view: Pick<Frame, 'evaluate'>,
  expression: string,
  limitMs = 60_000,
): Promise<void> {
  const end = performance.now() + limitMs
  while ((await view.evaluate(expression)) !== true) {
    if (performance.now() > end) throw new Error(`It never came: ${expression}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}
