import { join } from 'node:path'
import t, { type Test } from 'tap'
import { askFrom, withoutChromium } from '../support/browser.ts'
import { atDoors, type Door, PUBLIC_AND_HOME_ASSISTANT } from '../support/doors.ts'
import { overhang, PHONE, pressed } from '../support/look.ts'
import { writeReference } from '../support/reference-database.ts'

t.test('care of the data in a browser', { skip: withoutChromium }, async (t) => {
  await atDoors(t, PUBLIC_AND_HOME_ASSISTANT, { days: 4 }, async (t, door) => {
    const { base, house } = door
    writeReference(join(house.dir, 'backups.db'), '4.0', { runs: 1500, jobs: 3 })
    const { care, store } = house.app.house
    if (door.role === 'viewer') return onlyLooks(t, door)

    await t.test('a database that was found comes in, and the page follows by itself', async (t) => {
      const { view, context, troubles } = await door.open()
      await view.goto(`${base}/start`)
      await view.locator('#found button').click()
      await view.getByText('What would come', { exact: true }).waitFor()
      await pressed(view, view.getByRole('button', { name: 'Bring it in' }))
      await view.evaluate("document.body.dataset.mark = 'the same page'")
      await view.getByText(/1,500 runs brought in/).waitFor({ timeout: 120_000 })
      t.ok(await view.evaluate("'mark' in document.body.dataset"), 'the page was never loaded again')
      t.equal(care.task('import')?.done, 1500)
      t.same(troubles, [])
      await context.close()
    })

    await t.test('without scripts everything is read and done as well', async (t) => {
      const { view, page, context } = await door.open({ javaScriptEnabled: false })
      await view.goto(`${base}/settings/import`)
      await pressed(view, view.locator('#found button'))
      await pressed(view, view.getByRole('button', { name: 'Bring it in' }))
      for (let looked = 0; care.task('import')?.finishedAt == null && looked < 200; looked++) {
        const again = view.getByRole('link', { name: 'Look again' })
        if ((await again.count()) === 0) break
        await pressed(view, again)
      }
      await view.goto(`${base}/settings/import`)
      await view.getByText(/0 runs brought in, 1,500 were here already/).waitFor()
      await view.goto(`${base}/settings/database`)
      await pressed(view, view.getByRole('button', { name: 'Check now' }))
      for (let looked = 0; care.task('check')?.finishedAt == null && looked < 200; looked++)
        await view.goto(`${base}/settings/database`)
      await view.goto(`${base}/settings/database`)
      await view.getByText(/All .* runs and .* logs are good/).waitFor()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        view.getByRole('link', { name: 'Download an archive' }).click(),
      ])
      const path = await download.path()
      await view.locator('#f-archive').setInputFiles(path)
      await view.getByRole('button', { name: 'Upload and check' }).click()
      await view.getByText('The archive is good').waitFor()
      await pressed(view, view.getByRole('button', { name: 'Cancel' }))
      const [job] = Object.values(store.state().jobs)
      await view.goto(`${base}/jobs/${job?.id}`)
      await pressed(view, view.getByRole('link', { name: 'Remove its runs' }))
      await pressed(view, view.getByRole('button', { name: 'Move to the trash' }))
      t.equal(store.history.countOfJob(job?.id ?? ''), 0)
      await pressed(view, view.getByRole('button', { name: 'Undo' }))
      t.ok(store.history.countOfJob(job?.id ?? '') > 0)
      await context.close()
    })

    await t.test('nothing is wider than a phone, in German, with everything on it', async (t) => {
      await care.makeCopy()
      const [server, other] = Object.values(store.state().servers)
      const by = { who: 'Somebody with a name of some length', from: 'here', administrator: true }
      await care.remove({ kind: 'server', serverId: server?.id ?? '' }, by)
      const { view, context } = await door.open({ viewport: PHONE.viewport, locale: 'de-DE' })
      for (const path of [
        '/settings/database',
        '/settings/import',
        `/settings/database/clean?what=server&id=${other?.id}`,
        '/start',
      ]) {
        await view.goto(`${base}${path}`)
        t.match(await view.evaluate('document.documentElement.lang'), /^de\b/)
        t.equal(await overhang(view), 0, path)
      }
      await context.close()
    })
  })
})

/** A viewer is offered none of it, and gets none of it by its address. */
async function onlyLooks(t: Test, door: Door): Promise<void> {
  const { view, context } = await door.open()
  await view.goto(`${door.base}/start`)
  t.ok(await view.locator('h1').isVisible())
  t.equal(await view.locator('#found').count(), 0)
  const { store } = door.house.app.house
  const [job] = Object.values(store.state().jobs)
  await view.goto(`${door.base}/jobs/${job?.id}`)
  t.equal(await view.getByRole('link', { name: 'Remove its runs' }).count(), 0)
  for (const address of ['/settings/import', '/settings/database', '/settings/database/archive'])
    t.equal(await askFrom(view, 'GET', door.base + address), 403, address)
  for (const address of ['/settings/import/do', '/settings/database/restore', '/settings/database/clean'])
    t.equal(await askFrom(view, 'POST', door.base + address), 403, address)
  t.ok(store.history.countOfJob(job?.id ?? '') > 0)
  await context.close()
}
