import { existsSync } from 'node:fs'
import type { Browser, BrowserContext, BrowserContextOptions, Frame, Page } from 'playwright-core'
import { chromium } from 'playwright-core'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

/** For `t.test(name, { skip: withoutChromium })`: false, or why browser tests are left out. */
export const withoutChromium: string | false =
  CHROMIUM === undefined ? 'left out: Chromium is not installed (Debian: apt-get install chromium)' : false

/** A browser that asks nobody outside for anything. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** What went wrong in a page without anybody seeing it. */
export interface Watched {
  readonly context: BrowserContext
  /** The window: its keyboard, its mouse, its dialogues. */
  readonly page: Page
  /** Our page in it: the window itself, or the frame that Home Assistant puts us into. */
  readonly view: Frame
  readonly troubles: string[]
}

/**
 * A page whose console, failed requests and scripts are watched. With a cookie it is somebody who is signed in.
 * `base` is the only place that may be asked for anything, beside the page of Home Assistant around it.
 */
export async function watchedPage(
  browser: Browser,
  base: string,
  cookie: string | null,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })
  const [name = '', value = ''] = cookie?.split('=') ?? []
  if (cookie !== null) await context.addCookies([{ name, value, url: base }])
  const page = await context.newPage()
  const troubles: string[] = []
  const { origin } = new URL(base)
  const isAround = (url: string) => url.startsWith(`${origin}/app/`) || url === `${origin}/favicon.ico`
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      if (!isAround(message.location().url)) troubles.push(message.text())
    }
  })
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('response', (response) => {
    if (response.status() >= 400 && !isAround(response.url()))
      troubles.push(`${response.status()} ${response.url()}`)
  })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${base}/`) && !url.startsWith('data:') && !isAround(url))
      troubles.push(`asked ${url}`)
  })
  return { context, page, view: page.mainFrame(), troubles }
}

/** Asks by hand from inside the page, as somebody with its address might; gives the status of the answer. */
export function askFrom(view: Frame, method: string, address: string): Promise<number> {
  const form = { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'x=y' }
  const init = method === 'GET' ? { method } : { method, ...form }
  return view.evaluate(
    `fetch(${JSON.stringify(address)}, { ...${JSON.stringify(init)}, redirect: 'manual' }).then(({ status }) => status)`,
  )
}
