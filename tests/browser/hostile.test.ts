import t from 'tap'
import { withoutChromium } from '../support/browser.ts'
import { atEveryDoor } from '../support/doors.ts'
import { HOSTILE, hostileReport } from '../support/hostile.ts'
import { DESK, overhang, PHONE, settle } from '../support/look.ts'

t.test(
  'hostile texts stay text in the browser, and the layout holds',
  { skip: withoutChromium },
  async (t) => {
    await atEveryDoor(t, { days: 0 }, async (t, door) => {
      const now = Date.now()
      for (const [index, text] of HOSTILE.entries())
        await door.house.report(hostileReport(text, new Date(now - index * 1000)))
      const { store } = door.house.app.house
      const { servers, jobs } = store.state()
      const runs = store.history.latest(50).map((row) => `/runs/run_${row.no.toString(36)}`)
      // The overview has all of them; of the other pages the longest and the most dangerous ones.
      const isFirst = door.name === 'at the public door'
      const some = <T>(list: readonly T[]) => [...list.slice(0, isFirst ? 2 : 1), ...list.slice(-2)]
      const pages = [
        '/',
        ...some(Object.keys(servers)).map((id) => `/servers/${id}`),
        ...some(Object.keys(jobs)).map((id) => `/jobs/${id}`),
        ...some(runs),
      ]
      // At the other doors the texts are the same, and only the addresses around them differ.
      const more = isFirst ? ['/?layout=table', '/?layout=cards', '/trends', '/start'] : []
      for (const options of isFirst ? [DESK, PHONE] : [PHONE]) {
        const seen = await door.open(options)
        const { view, context, troubles } = seen
        for (const path of [...pages, ...more]) {
          await view.goto(door.base + path)
          await settle(seen)
          t.equal(await overhang(view), 0, `${path} at ${options.viewport.width}`)
          t.equal(await view.evaluate('"__hurt" in window || "__hurt" in parent'), false)
        }
        t.same(troubles, [])
        await context.close()
      }
    })
  },
)
