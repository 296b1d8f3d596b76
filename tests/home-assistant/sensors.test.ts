import { readFileSync } from 'node:fs'
import t from 'tap'
import { behindIngress } from '../support/behind-ingress.ts'
import { checkDocument } from '../support/discovery-checker.ts'
import { createMosquitto, listenTo, noMosquitto, snapshot } from '../support/mosquitto.ts'

const EVERYTHING = ['homeassistant/#', 'duplistatus/#']

t.test(
  'an add-on with a broker has sensors without any typing',
  { skip: noMosquitto, timeout: 120_000 },
  async (t) => {
    const broker = await createMosquitto(t.testdir({}))
    await broker.start()
    t.teardown(() => broker.stop())
    const addOn = await behindIngress({ days: 3 })
    t.teardown(addOn.close)
    const offer = { host: '127.0.0.1', port: broker.port, ssl: false, protocol: '3.1.1', username: 'ours' }
    const listener = await listenTo(broker.url, EVERYTHING)
    t.teardown(() => listener.end())

    // Nothing was offered when it started; saving the settings asks again, as the slow own retry does.
    addOn.supervisor.mood.broker = { ...offer, password: 'right' }
    await addOn.restartMqtt()
    await listener.until(() =>
      listener.live.some((one) => one.topic.endsWith('/bridge/availability') && one.payload === 'online'),
    )
    const standing = await snapshot(broker.url, EVERYTHING)
    const documents = [...standing].filter(([topic]) => topic.startsWith('homeassistant/'))
    t.ok(documents.length >= 1 + 4 + 7, `${documents.length} devices`)
    t.same(
      documents.flatMap(([topic, payload]) => checkDocument(topic, payload)),
      [],
    )
    t.match(documents[0]?.[1], '"cu":"homeassistant://app/abcdef12_duplistatus"')
    t.notMatch(JSON.stringify(documents), 'mqtt.entity.', 'names are words')

    listener.live.length = 0
    const before = Object.keys(addOn.small.app.house.store.state().jobs)
    const report = JSON.parse(
      readFileSync(new URL('../fixtures/reports/fatal.json', import.meta.url), 'utf8'),
    ) as { Data: object; Extra: object }
    // Of this minute: a run of long ago would be overdue besides, as soon as somebody looks.
    const at = new Date().toISOString()
    Object.assign(report.Data, { BeginTime: at, EndTime: at })
    Object.assign(report.Extra, { 'next-scheduled-run': null })
    const answer = await fetch(`${addOn.open}api/upload`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(report),
    })
    t.equal(answer.status, 200)
    // Not just any failed one: states of others may still be on their way.
    const state = await listener.until(() =>
      listener.live.find(
        ({ topic, payload }) =>
          /\/job_[a-z0-9]+\/state$/.test(topic) &&
          !before.some((id) => topic.includes(id)) &&
          payload.includes('"failed"'),
      ),
    )
    t.match(JSON.parse(state.payload), { state: 'failed', problem: true, acknowledged: false })

    await listener.publish(state.topic.replace(/state$/, 'command'), 'acknowledge')
    await listener.until(() =>
      listener.live.some((one) => one.topic === state.topic && one.payload.includes('"acknowledged":true')),
    )

    listener.live.length = 0
    addOn.supervisor.mood.broker = { ...offer, password: 'rotated' }
    await broker.stop()
    await broker.password('rotated')
    await broker.start()
    const again = await listenTo(broker.url, EVERYTHING, 'rotated')
    t.teardown(() => again.end())
    await again.until(
      () => again.live.findLast((one) => one.topic.endsWith('/bridge/availability'))?.payload === 'online',
    )
    t.pass('a rotated password is asked for and used')
  },
)
