import { existsSync } from 'node:fs'
import { type Bench, median, withProgram } from './measure.ts'

/** First load of the overview in Chromium, with nothing cached. */
export interface Paint {
  readonly size: number
  readonly firstContentfulMs: number
  readonly requests: number
  readonly kilobytes: number
}

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** null where there is no browser on this machine. */
export async function measurePaint(bench: Bench, size: number): Promise<Paint | null> {
  const executablePath = BROWSERS.find((path) => existsSync(path))
  if (executablePath === undefined) return null
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    return await withProgram(bench, size, async ({ port }) => {
      const loads: Omit<Paint, 'size'>[] = []
      for (let turn = 0; turn < 3; turn++) loads.push(await firstLoad(browser, `http://127.0.0.1:${port}`))
      const middle = (pick: (one: Omit<Paint, 'size'>) => number) => median(loads.map(pick))
      return {
        size,
        firstContentfulMs: middle((one) => one.firstContentfulMs),
        requests: middle((one) => one.requests),
        kilobytes: middle((one) => one.kilobytes),
      }
    })
  } finally {
    await browser.close()
  }
}

type Browser = Awaited<ReturnType<typeof import('playwright-core')['chromium']['launch']>>

async function firstLoad(browser: Browser, origin: string): Promise<Omit<Paint, 'size'>> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.request.post(`${origin}/sign-in`, {
    form: { name: 'admin', password: 'Bench-only-1', next: '/' },
  })
  let requests = 0
  let bytes = 0
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  session.on('Network.requestWillBeSent', () => {
    requests++
  })
  session.on('Network.dataReceived', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await page.goto(`${origin}/`, { waitUntil: 'load' })
  await page.waitForTimeout(400)
  const firstContentfulMs = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  )
  await context.close()
  return { firstContentfulMs, requests, kilobytes: bytes / 1000 }
}
