import type { Browser } from 'playwright-core'
import t from 'tap'
import { openBrowser } from './browser.ts'

let browser: Promise<Browser> | undefined

/** One browser for all stories of a test file, closed with the file. Each story opens windows of its own in it. */
export function sharedBrowser(): Promise<Browser> {
  if (browser === undefined) {
    browser = openBrowser()
    t.teardown(async () => (await browser)?.close())
  }
  return browser
}
