// `node tools/screenshots.mjs`: makes the pictures of README, DOCS.md and the user guide from the demonstration.
// Needs Chromium (Debian: apt-get install chromium). Writes docs/images/*.png.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = fileURLToPath(new URL('..', import.meta.url))
const images = `${root}/docs/images`
const PASSWORD = 'Screen-shot-1'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Name of the picture, path or the link that leads there from the overview, width, scheme. */
const PICTURES = [
  ['overview', '/', 1280, 'light'],
  ['overview-dark', '/', 1280, 'dark'],
  ['overview-phone', '/', 390, 'light'],
  ['job', 'a[href*="/jobs/job_"]', 1280, 'light'],
  ['server', 'a[href*="/servers/srv_"]', 1280, 'light'],
  ['start', '/start', 1280, 'light'],
  ['activity', '/activity', 1280, 'light'],
  ['monitoring', '/settings/monitoring', 1280, 'light'],
]

mkdirSync(images, { recursive: true })
const demo = spawn(process.execPath, [`${root}/tools/run.mjs`, 'tests/support/demo.ts'], {
  cwd: root,
  env: { ...process.env, PORT: '0', HOST: '127.0.0.1', ADMIN_PASSWORD: PASSWORD },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const address = await new Promise((resolve) => {
  demo.stdout.on('data', (text) => {
    const found = /http:\/\/\S+/.exec(String(text))
    if (found !== null) resolve(found[0].replace(/\/$/, ''))
  })
})
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })
try {
  const door = await browser.newContext()
  const page = await door.newPage()
  await page.goto(`${address}/sign-in`)
  await page.fill('[name=name]', 'admin')
  await page.fill('[name=password]', PASSWORD)
  await page.click('main button.primary')
  const storageState = await door.storageState()
  for (const [name, where, width, colorScheme] of PICTURES)
    await take(storageState, name, where, width, colorScheme)
} finally {
  await browser.close()
  demo.kill()
}

async function take(storageState, name, where, width, colorScheme) {
  const context = await browser.newContext({
    storageState,
    colorScheme,
    viewport: { width, height: width < 500 ? 844 : 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  await page.goto(`${address}${where.startsWith('/') ? where : '/'}`)
  if (!where.startsWith('/')) await page.goto(`${address}${await page.getAttribute(where, 'href')}`)
  await page.waitForTimeout(1500)
  await page.screenshot({ path: `${images}/${name}.png` })
  await context.close()
}
