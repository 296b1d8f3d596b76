import { join } from 'node:path'
import t from 'tap'
import { openBrowser, watchedPage, withoutChromium } from '../support/browser.ts'
import { writeReference } from '../support/reference-database.ts'
import { smallHouse } from '../support/small-house.ts'
import { signedIn } from '../support/visitors.ts'

t.test('care of the data in a browser', { skip: withoutChromium }, async (t) => {
  const house = await smallHouse({ days: 4 })
  t.teardown(() => house.close())
  writeReference(join(house.dir, 'backups.db'), '4.0', { runs: 1500, jobs: 3 })
  const base = house.app.urls.public.replace(/\/$/, '')
  const { care, store } = house.app.house
  const cookie = (await signedIn(house.app, 'administrator'))['Cookie'] ?? ''
  const browser = await openBrowser()
  t.teardown(() => browser.close())

  await t.test('a database that was found comes in, and the page follows by itself', async (t) => {
    const { page, context, troubles } = await watchedPage(browser, base, cookie)
    await page.goto(`${base}/start`)
    await page.locator('#found button').click()
    await page.getByText('What would come', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Bring it in' }).click()
    await page.evaluate("document.body.dataset.mark = 'the same page'")
    await page.getByText(/1,500 runs brought in/).waitFor({ timeout: 120_000 })
    t.ok(await page.evaluate("'mark' in document.body.dataset"), 'the page was never loaded again')
    t.equal(care.task('import')?.done, 1500)
    t.same(troubles, [])
    await context.close()
  })

  await t.test('without scripts everything is read and done as well', async (t) => {
    const { page, context } = await watchedPage(browser, base, cookie, { javaScriptEnabled: false })
    await page.goto(`${base}/settings/import`)
    await page.locator('#found button').click()
    await page.getByRole('button', { name: 'Bring it in' }).click()
    for (let looked = 0; care.task('import')?.finishedAt == null && looked < 200; looked++) {
      const again = page.getByRole('link', { name: 'Look again' })
      if ((await again.count()) === 0) break
      await again.click()
    }
    await page.goto(`${base}/settings/import`)
    await page.getByText(/0 runs brought in, 1,500 were here already/).waitFor()
    await page.goto(`${base}/settings/database`)
    await page.getByRole('button', { name: 'Check now' }).click()
    for (let looked = 0; care.task('check')?.finishedAt == null && looked < 200; looked++) await page.reload()
    await page.goto(`${base}/settings/database`)
    await page.getByText(/All .* runs and .* logs are good/).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download an archive' }).click(),
    ])
    const path = await download.path()
    await page.locator('#f-archive').setInputFiles(path)
    await page.getByRole('button', { name: 'Upload and check' }).click()
    await page.getByText('The archive is good').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    const [job] = Object.values(store.state().jobs)
    await page.goto(`${base}/jobs/${job?.id}`)
    await page.getByRole('link', { name: 'Remove its runs' }).click()
    await page.getByRole('button', { name: 'Move to the trash' }).click()
    t.equal(store.history.countOfJob(job?.id ?? ''), 0)
    await page.getByRole('button', { name: 'Undo' }).click()
    t.ok(store.history.countOfJob(job?.id ?? '') > 0)
    await context.close()
  })

  await t.test('nothing is wider than a phone, in German, with everything on it', async (t) => {
    await care.makeCopy()
    const [server, other] = Object.values(store.state().servers)
    const by = { who: 'Somebody with a name of some length', from: 'here', administrator: true }
    await care.remove({ kind: 'server', serverId: server?.id ?? '' }, by)
    const { page, context } = await watchedPage(browser, base, cookie, {
      viewport: { width: 390, height: 844 },
      locale: 'de-DE',
    })
    for (const path of [
      '/settings/database',
      '/settings/import',
      `/settings/database/clean?what=server&id=${other?.id}`,
      '/start',
    ]) {
      await page.goto(`${base}${path}`)
      t.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, path)
    }
    await context.close()
  })
})
