import type { Frame } from 'playwright-core'
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

/** By how many pixels the page is wider than its window. */
export function overhang(view: Frame): Promise<number> {
  return view.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}
