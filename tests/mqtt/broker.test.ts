import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { State } from '../../src/domain/state.ts'
import { createLog } from '../../src/kit/log.ts'
import type { Broker } from '../../src/mqtt/broker.ts'
import type { MqttCommand } from '../../src/mqtt/command.ts'
import { openLink } from '../../src/mqtt/link.ts'
import { createPatience } from '../../src/mqtt/patience.ts'
import type { Presence } from '../../src/mqtt/presence.ts'
import { createPublisher } from '../../src/mqtt/publisher.ts'
import type { Publisher } from '../../src/mqtt/publisher-shape.ts'
import type { Remembered } from '../../src/mqtt/standing.ts'
import { selfSigned, testAuthority } from '../support/certificate.ts'
import { checkDocument } from '../support/discovery-checker.ts'
import { aJob, aRun, aServer, fullJob, fullServer, NOW, stateWith } from '../support/household-state.ts'
import { createMosquitto, listenTo, type Mosquitto, noMosquitto, snapshot } from '../support/mosquitto.ts'

const EVERYTHING = ['homeassistant/#', 'duplistatus/#', 'other/#', 'ha/#']
const DOCUMENT = 'homeassistant/device/ds_k3x7ab2c_job_documents/config'
const JOB = 'duplistatus/k3x7ab2c/srv_nas/job_documents'
const AVAILABILITY = 'duplistatus/k3x7ab2c/bridge/availability'
const full = () => stateWith({ servers: [fullServer()], jobs: [fullJob()] })

/** A publisher over a state that the test changes. */
interface House {
  readonly publisher: Publisher
  state: State
  presence: Presence
  broker: Broker | null
  remembered: Remembered | null
  readonly commands: MqttCommand[]
  set(state: State): void
  connected(): Promise<void>
}

function brokerAt(url: string, password = 'right'): Broker {
  return {
    url,
    username: 'ours',
    password,
    ca: '',
    certificate: '',
    key: '',
    verify: true,
    protocol: 4,
    from: 'settings',
  }
}

function house(t: Test, url: string, state = full(), part: Partial<Presence> = {}): House {
  const commands: MqttCommand[] = []
  const made: House = {
    state,
    presence: {
      instance: state.instance,
      prefix: 'duplistatus',
      discovery: 'homeassistant',
      devices: 'jobs',
      version: '1.0.0',
      homepage: 'https://example.org/duplistatus',
      page: null,
      ...part,
    },
    broker: brokerAt(url),
    remembered: null,
    commands,
    publisher: createPublisher({
      state: () => made.state,
      say: (one) => one.key.split('.').at(-1) ?? one.key,
      log: createLog({ level: 'error' }),
      now: () => NOW,
      broker: async () => made.broker,
      presence: async () => made.presence,
      act: async (command) => {
        commands.push(command)
      },
      remembered: {
        read: () => made.remembered,
        write: async (next) => {
          made.remembered = next
        },
      },
      pace: { quietMs: 150, settleMs: 100, gatherMs: 30, birthMs: 50, retryMs: 50, slowRetryMs: 300 },
    }),
    set(next) {
      made.state = next
      made.publisher.changed()
    },
    connected: () => until(() => made.publisher.status().state === 'connected'),
  }
  t.teardown(() => made.publisher.stop())
  made.publisher.start()
  return made
}

async function until(look: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (look()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`not so in time: ${look.toString()}`)
}

async function running(t: Test, options: Parameters<typeof createMosquitto>[1] = {}): Promise<Mosquitto> {
  const broker = await createMosquitto(t.testdir({}), options)
  await broker.start()
  t.teardown(() => broker.stop())
  return broker
}

async function listening(t: Test, url: string) {
  const listener = await listenTo(url, EVERYTHING)
  t.teardown(() => listener.end())
  return listener
}

t.test('with a real broker', { skip: noMosquitto }, async (t) => {
  t.test('a late subscriber finds every document and state, and they pass the checker', async (t) => {
    const broker = await running(t)
    const home = house(t, broker.url)
    const early = await listening(t, broker.url)
    await early.until(() => early.live.some((one) => one.topic === AVAILABILITY && one.payload === 'online'))
    const late = await snapshot(broker.url, EVERYTHING)
    t.same(
      [...late.keys()].sort(),
      [
        'duplistatus/k3x7ab2c/bridge/availability',
        'duplistatus/k3x7ab2c/bridge/state',
        'duplistatus/k3x7ab2c/srv_nas/availability',
        `${JOB}/attributes`,
        `${JOB}/state`,
        'duplistatus/k3x7ab2c/srv_nas/state',
        'homeassistant/device/ds_k3x7ab2c/config',
        DOCUMENT,
        'homeassistant/device/ds_k3x7ab2c_srv_nas/config',
      ].sort(),
    )
    for (const [topic, payload] of late) {
      if (topic.startsWith('homeassistant/')) t.same(checkDocument(topic, payload), [])
    }
    t.equal(late.get(AVAILABILITY), 'online')
    t.match(home.publisher.status(), { state: 'connected', topics: 9, lastError: null })
    await home.publisher.stop()
    t.equal((await snapshot(broker.url, [AVAILABILITY])).get(AVAILABILITY), 'offline', 'a stop says offline')
  })

  t.test('a change is published once and nothing else with it', async (t) => {
    const broker = await running(t)
    const home = house(t, broker.url)
    await home.connected()
    const listener = await listening(t, broker.url)
    await until(() => home.publisher.status().topics === 9)
    await calm(listener)
    const run = aRun({
      no: 8,
      at: '2026-11-22T03:00:00.000Z',
      received: '2026-11-22T03:10:00.000Z',
      result: 'error',
    })
    const status = { ...fullJob().status, lastRun: run }
    home.set(stateWith({ servers: [fullServer()], jobs: [fullJob({ status })] }))
    home.publisher.changed()
    home.publisher.changed()
    await listener.until(() => listener.live.some((one) => one.topic === 'duplistatus/k3x7ab2c/bridge/event'))
    await new Promise((resolve) => setTimeout(resolve, 200))
    t.same(
      listener.live.map((one) => one.topic),
      [`${JOB}/state`, `${JOB}/attributes`, `${JOB}/event`, 'duplistatus/k3x7ab2c/bridge/event'],
    )
    t.match(JSON.parse(listener.live[2]?.payload ?? ''), { event_type: 'error', run_id: 'run_8' })
    listener.live.length = 0
    home.publisher.changed()
    await new Promise((resolve) => setTimeout(resolve, 200))
    t.same(listener.live, [], 'no change, no traffic')
    const late = await snapshot(broker.url, ['duplistatus/#'])
    t.notOk(
      [...late.keys()].some((topic) => topic.endsWith('/event')),
      'events are not retained',
    )
  })

  t.test('Home Assistant starting is told everything again', async (t) => {
    const broker = await running(t)
    const home = house(t, broker.url)
    await home.connected()
    const listener = await listening(t, broker.url)
    await until(() => home.publisher.status().topics === 9)
    await calm(listener)
    await listener.publish('homeassistant/status', 'online')
    await listener.until(() =>
      listener.live.some((one) => one.topic === AVAILABILITY && one.payload === 'online'),
    )
    t.ok(listener.live.some((one) => one.topic === DOCUMENT && one.payload !== ''))
    t.ok(listener.live.some((one) => one.topic === `${JOB}/state`))
    await calm(listener)
    await listener.publish('homeassistant/status', 'offline')
    await new Promise((resolve) => setTimeout(resolve, 200))
    t.equal(listener.live.length, 1)
  })

  t.test('commands are done, retained or foreign ones are not', async (t) => {
    const broker = await running(t)
    const listener = await listening(t, broker.url)
    await listener.publish(`${JOB}/command`, 'run', true)
    const home = house(t, broker.url)
    await until(() => home.publisher.status().topics === 9)
    await listener.publish(`${JOB}/command`, 'acknowledge')
    await listener.publish(`${JOB}/command`, 'format c:')
    await listener.publish('duplistatus/k3x7ab2c/bridge/command', 'collect')
    await listener.publish(`${JOB}/command`, 'run')
    await until(() => home.commands.length >= 3)
    t.same(home.commands, [
      { kind: 'acknowledge', jobId: 'job_documents' },
      { kind: 'collect' },
      { kind: 'run', jobId: 'job_documents' },
    ])
  })

  t.test('kill -9 shows offline, and coming back shows online', async (t) => {
    const broker = await running(t)
    const program = fileURLToPath(new URL('../support/lone-publisher.ts', import.meta.url))
    const child = spawn(
      process.execPath,
      [...process.execArgv.filter((one) => one.startsWith('--import')), program, broker.url],
      { stdio: 'ignore' },
    )
    t.teardown(() => child.kill('SIGKILL'))
    const listener = await listening(t, broker.url)
    await listener.until(() =>
      listener.live.some((one) => one.topic === AVAILABILITY && one.payload === 'online'),
    )
    listener.live.length = 0
    child.kill('SIGKILL')
    await listener.until(() =>
      listener.live.some((one) => one.topic === AVAILABILITY && one.payload === 'offline'),
    )
    t.equal((await snapshot(broker.url, [AVAILABILITY])).get(AVAILABILITY), 'offline')
    const home = house(t, broker.url)
    await home.connected()
    await listener.until(() => listener.live.at(-1)?.payload === 'online')
    await listener.publish(AVAILABILITY, 'offline', true)
    await listener.until(() => listener.live.at(-1)?.payload === 'online')
    t.equal(
      (await snapshot(broker.url, [AVAILABILITY])).get(AVAILABILITY),
      'online',
      'a will told late is corrected',
    )
  })

  t.test('a wrong password is said and tried slowly, and the right one connects', async (t) => {
    const broker = await running(t)
    const home = house(t, broker.url)
    await home.connected()
    home.broker = brokerAt(broker.url, 'wrong')
    await home.publisher.restart()
    await until(() => home.publisher.status().state === 'refused')
    t.equal(home.publisher.status().lastError?.key, 'mqtt.trouble.password')
    await t.rejects(home.publisher.test(), { code: 'forbidden', text: { key: 'mqtt.trouble.password' } })
    await t.rejects(home.publisher.publishAgain(), { code: 'unavailable' })
    home.broker = brokerAt(broker.url)
    await home.connected()
    t.equal(home.publisher.status().lastError, null)
    await home.publisher.test()
  })

  t.test('a broker that was away, with or without its memory, is told everything', async (t) => {
    for (const persistence of [true, false]) {
      const broker = await running(t, { persistence })
      const home = house(t, broker.url)
      await until(() => home.publisher.status().topics === 9)
      await broker.kill()
      await until(() => home.publisher.status().state === 'waiting')
      home.set(stateWith({ servers: [fullServer({ alias: 'Cellar' })], jobs: [fullJob()] }))
      const before = home.publisher.status().published
      await new Promise((resolve) => setTimeout(resolve, 200))
      t.equal(home.publisher.status().published, before, 'nothing is published while it is away')
      await broker.start()
      await home.connected()
      const listener = await listening(t, broker.url)
      await listener.until(() => {
        const document = listener.live.findLast((one) => one.topic === DOCUMENT)?.payload
        return document?.includes('Cellar Documents')
      })
      await listener.until(
        () => listener.live.findLast((one) => one.topic === AVAILABILITY)?.payload === 'online',
      )
      t.pass(`persistence ${persistence}`)
      await home.publisher.stop()
      await listener.end()
    }
  })

  t.test('a broker that answers nothing, or something else, delays nothing', async (t) => {
    const mute = createServer((socket) =>
      socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    )
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', () => resolve()))
    t.teardown(() => mute.close())
    const home = house(t, `mqtt://127.0.0.1:${(mute.address() as { port: number }).port}`)
    await until(() => home.publisher.status().state === 'waiting')
    t.match(home.publisher.status().lastError?.key, /^mqtt\.trouble\.(other|closed)$/)
    await home.publisher.stop()
    t.match(home.publisher.status(), { state: 'off', lastError: null })
  })

  t.test('200 jobs stand at the broker, and a rename touches only its own topics', async (t) => {
    const broker = await running(t)
    const servers = Array.from({ length: 20 }, (_, n) => fullServer({ id: `srv_${n}`, name: `server ${n}` }))
    const jobs = Array.from({ length: 200 }, (_, n) =>
      fullJob({ id: `job_${n}`, serverId: `srv_${n % 20}`, name: `job ${n}` }),
    )
    const home = house(t, broker.url, stateWith({ servers, jobs }))
    const topics = 1 + 20 + 200 + 2 + 20 * 2 + 200 * 2
    await until(() => home.publisher.status().topics === topics)
    const standing = await snapshot(broker.url, EVERYTHING)
    t.equal(standing.size, topics)
    t.equal(home.publisher.status().published, topics, 'each of them was said once')
    const listener = await listening(t, broker.url)
    await calm(listener)
    for (let minute = 0; minute < 5; minute += 1) {
      home.publisher.changed()
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    t.same(listener.live, [], 'idle, nothing is said')
    t.same(
      [...standing].flatMap(([topic, payload]) =>
        topic.startsWith('homeassistant/') ? checkDocument(topic, payload) : [],
      ),
      [],
    )
    const before = home.publisher.status().published
    await new Promise((resolve) => setTimeout(resolve, 300))
    home.set(
      stateWith({
        servers,
        jobs: jobs.map((job) => (job.id === 'job_7' ? { ...job, name: 'Photos' } : job)),
      }),
    )
    await until(() => home.publisher.status().published > before)
    await new Promise((resolve) => setTimeout(resolve, 300))
    t.equal(home.publisher.status().published - before, 2, 'its document and its attributes')
  })

  t.test(
    'delete, merge, archive, another device layout, prefix or no discovery leave no orphan',
    async (t) => {
      const broker = await running(t)
      const two = stateWith({
        servers: [fullServer(), fullServer({ id: 'srv_old', name: 'old NAS' })],
        jobs: [fullJob(), aJob({ id: 'job_photos', serverId: 'srv_old', name: 'Photos' })],
      })
      const home = house(t, broker.url, two)
      const topicsLike = async (part: string) =>
        [...(await snapshot(broker.url, EVERYTHING)).keys()].filter((topic) => topic.includes(part))
      const settled = async (): Promise<void> => {
        const wanted = home.publisher.status().published
        await new Promise((resolve) => setTimeout(resolve, 600))
        if (home.publisher.status().published !== wanted) await settled()
      }
      await until(() => home.publisher.status().topics === 15)
      t.equal((await topicsLike('job_photos')).length, 3)

      home.set(
        stateWith({ servers: [fullServer()], jobs: [fullJob(), aJob({ id: 'job_photos', name: 'Photos' })] }),
      )
      await settled()
      t.same(await topicsLike('srv_old'), [], 'the merged server is gone')
      t.same((await topicsLike('job_photos')).sort(), [
        'duplistatus/k3x7ab2c/srv_nas/job_photos/attributes',
        'duplistatus/k3x7ab2c/srv_nas/job_photos/state',
        'homeassistant/device/ds_k3x7ab2c_job_photos/config',
      ])

      home.presence = { ...home.presence, devices: 'servers' }
      await home.publisher.restart()
      await settled()
      t.same(await topicsLike('ds_k3x7ab2c_job'), [], 'jobs have moved to the device of their server')

      home.set(stateWith({ servers: [fullServer()], jobs: [fullJob()] }))
      await settled()
      t.same(await topicsLike('job_photos'), [], 'the deleted job is gone')
      const standing = await snapshot(broker.url, EVERYTHING)
      t.notMatch(standing.get('homeassistant/device/ds_k3x7ab2c_srv_nas/config'), 'job_photos')

      home.presence = { ...home.presence, prefix: 'other/place', discovery: 'ha' }
      await home.publisher.restart()
      await settled()
      t.same(await topicsLike('duplistatus/k3x7ab2c'), [])
      t.same(await topicsLike('homeassistant/device'), [])
      t.same((await topicsLike('ha/device')).length, 2)
      t.ok((await topicsLike('other/place/k3x7ab2c/bridge/availability')).length === 1)

      home.presence = { ...home.presence, discovery: null }
      await home.publisher.restart()
      await settled()
      t.same(await topicsLike('/device/'), [], 'discovery switched off takes its documents along')
      t.ok((await topicsLike('other/place')).length > 0)
    },
  )

  t.test('what was deleted while we were down is swept on the next start', async (t) => {
    const broker = await running(t)
    const first = house(t, broker.url)
    await until(() => first.publisher.status().topics === 9)
    await first.publisher.stop()
    const next = house(t, broker.url, stateWith({ servers: [aServer()] }))
    await until(() => next.publisher.status().topics === 5)
    const standing = await snapshot(broker.url, EVERYTHING)
    t.notOk([...standing.keys()].some((topic) => topic.includes('job_documents')))
    t.notMatch(standing.get('homeassistant/device/ds_k3x7ab2c_srv_nas/config'), 'reachable')
  })

  t.test('a prefix that changes twice while the broker is away leaves nothing of the first', async (t) => {
    const broker = await running(t, { persistence: true })
    const home = house(t, broker.url)
    await until(() => home.publisher.status().topics === 9 && home.remembered !== null)
    await broker.stop()
    for (const prefix of ['other/one', 'other/two']) {
      home.presence = { ...home.presence, prefix, discovery: 'ha' }
      await home.publisher.restart()
      await until(() => home.publisher.status().state === 'waiting')
    }
    await broker.start()
    await home.connected()
    await until(() => home.remembered?.prefix === 'other/two')
    const after = [...(await snapshot(broker.url, EVERYTHING)).keys()]
    t.equal(after.length, 9)
    t.same(
      after.filter((topic) => !/^(other\/two|ha)\//.test(topic)),
      [],
      'nothing stands under the old names',
    )
  })

  t.test('MQTT that is switched off leaves nothing at the broker, and comes back as it was', async (t) => {
    const broker = await running(t)
    const home = house(t, broker.url)
    await until(() => home.publisher.status().topics === 9)
    const before = await snapshot(broker.url, EVERYTHING)
    home.broker = null
    const left = home.publisher.restart()
    home.publisher.changed()
    await left
    await until(() => home.publisher.status().state === 'off')
    t.same([...(await snapshot(broker.url, EVERYTHING)).keys()], [])
    home.broker = brokerAt(broker.url)
    await home.publisher.restart()
    await until(() => home.publisher.status().topics === 9)
    t.same(await snapshot(broker.url, EVERYTHING), before)
  })

  t.test('settings that are saved twice at once make one connection', async (t) => {
    const broker = await running(t)
    const home = house(t, broker.url)
    await until(() => home.publisher.status().topics === 9)
    const listener = await listening(t, broker.url)
    await Promise.all([home.publisher.restart(), home.publisher.restart(), home.publisher.restart()])
    await until(() => home.publisher.status().topics === 9)
    await calm(listener)
    const { published } = home.publisher.status()
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    t.equal(
      home.publisher.status().published,
      published,
      'nothing takes the place of another again and again',
    )
    t.equal(home.publisher.status().state, 'connected')
  })

  t.test('a device that people deleted in Home Assistant stays away until asked for', async (t) => {
    const broker = await running(t)
    const home = house(t, broker.url)
    await until(() => home.publisher.status().topics === 9)
    const listener = await listening(t, broker.url)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await listener.publish(DOCUMENT, '', true)
    await until(() => home.publisher.status().topics === 8)
    await listener.publish('homeassistant/status', 'online')
    await new Promise((resolve) => setTimeout(resolve, 400))
    t.notOk((await snapshot(broker.url, EVERYTHING)).has(DOCUMENT))
    await home.publisher.publishAgain()
    t.ok((await snapshot(broker.url, EVERYTHING)).has(DOCUMENT))
  })

  t.test('two installations on one broker never touch each other', async (t) => {
    const broker = await running(t)
    const foreign = 'homeassistant/device/somebody/config'
    const alike = 'homeassistant/device/ds_k3x7ab2cd_job_documents/config'
    const listener = await listening(t, broker.url)
    await listener.publish(foreign, '{"o":{"name":"duplistatus"},"dev":{"ids":["x"]}}', true)
    await listener.publish(
      alike,
      '{"o":{"name":"duplistatus"},"dev":{"ids":["ds_k3x7ab2cd_job_documents"]}}',
      true,
    )
    const one = house(t, broker.url)
    await until(() => one.publisher.status().topics === 9)
    const other = house(t, broker.url, stateWith({ servers: [fullServer()], jobs: [fullJob()] }, 'zz22yy33'))
    await until(() => other.publisher.status().topics === 9)
    t.equal((await snapshot(broker.url, EVERYTHING)).size, 20)
    one.set(stateWith({}))
    await until(() => one.publisher.status().topics === 3)
    const left = await snapshot(broker.url, EVERYTHING)
    t.equal([...left.keys()].filter((topic) => topic.includes('zz22yy33')).length, 9)
    await one.publisher.restart()
    await until(() => one.publisher.status().topics === 3)
    const after = await snapshot(broker.url, EVERYTHING)
    t.equal([...after.keys()].filter((topic) => topic.includes('zz22yy33')).length, 9)
    t.ok(after.has(foreign))
    t.ok(after.has(alike))
    t.equal(after.get('duplistatus/zz22yy33/bridge/availability'), 'online')
  })

  t.test('topics the broker forbids are named by the test', async (t) => {
    const acl = 'user ours\ntopic readwrite elsewhere/#\nuser other\ntopic readwrite #\n'
    const broker = await running(t, { acl })
    const home = house(t, broker.url)
    await t.rejects(home.publisher.test(), {
      code: 'forbidden',
      text: { key: 'mqtt.trouble.topics', values: { topic: 'duplistatus/k3x7ab2c/bridge/test' } },
    })
    home.presence = { ...home.presence, prefix: 'elsewhere' }
    await home.publisher.test()
  })

  t.test('a broker that says what it refuses is told everything else, and the topic is shown', async (t) => {
    const acl = 'user ours\ntopic readwrite duplistatus/#\nuser other\ntopic readwrite #\n'
    const broker = await running(t, { acl })
    const listener = await listening(t, broker.url)
    const home = house(t, broker.url)
    home.broker = { ...brokerAt(broker.url), protocol: 5 }
    await home.publisher.restart()
    await listener.until(() =>
      listener.live.some((one) => one.topic === AVAILABILITY && one.payload === 'online'),
    )
    await calm(listener)
    const shown = home.publisher.status()
    t.match(shown, {
      state: 'connected',
      lastError: { key: 'mqtt.trouble.topics', values: { topic: /^homeassistant\/device\// } },
    })
    t.ok((await snapshot(broker.url, EVERYTHING)).has(`${JOB}/state`))
    home.publisher.changed()
    await new Promise((resolve) => setTimeout(resolve, 500))
    t.match(
      home.publisher.status(),
      { published: shown.published, lastErrorAt: shown.lastErrorAt },
      'it is not tried with every change',
    )
    home.presence = { ...home.presence, prefix: 'elsewhere' }
    await t.rejects(home.publisher.test(), { code: 'forbidden', text: { key: 'mqtt.trouble.topics' } })
  })

  t.test('a start of Home Assistant that is told a hundred times is answered once', async (t) => {
    const broker = await running(t)
    const home = house(t, broker.url)
    const listener = await listening(t, broker.url)
    await until(() => home.publisher.status().topics === 9)
    await calm(listener)
    const before = home.publisher.status().published
    await Promise.all(Array.from({ length: 100 }, () => listener.publish('homeassistant/status', 'online')))
    await calm(listener)
    const told = home.publisher.status().published - before
    t.ok(told >= 9 && told < 20 * 9, `${told} messages`)
  })

  t.test(
    'a broker that asks for a client certificate gets it, and what is wrong with it is said',
    async (t) => {
      const authority = testAuthority()
      const pair = authority.sign('client')
      const broker = await running(t, { asksCertificates: authority })
      const home = house(t, broker.url)
      const good = { ...brokerAt(broker.url), ca: authority.cert, certificate: pair.cert, key: pair.key }
      const foreign = selfSigned()
      const cases: [Partial<Broker>, string, string][] = [
        [{ certificate: '', key: '' }, 'client-certificate', 'forbidden'],
        [{ certificate: foreign.cert, key: foreign.key }, 'client-certificate', 'forbidden'],
        [{ key: foreign.key }, 'pem', 'unavailable'],
        [{ key: 'no key' }, 'pem', 'unavailable'],
        [{ ca: foreign.cert }, 'certificate', 'unavailable'],
      ]
      for (const [part, kind, code] of cases) {
        const text = { key: `mqtt.trouble.${kind}` }
        await t.rejects(home.publisher.test({ ...good, ...part }), { code, text }, kind)
      }
      home.broker = good
      await home.publisher.restart()
      await until(() => home.publisher.status().topics === 9)
      await home.publisher.test()
    },
  )

  t.test('MQTT 5 works as well', async (t) => {
    const broker = await running(t)
    const home = house(t, broker.url)
    home.broker = { ...brokerAt(broker.url), protocol: 5 }
    await home.publisher.restart()
    await until(() => home.publisher.status().topics === 9)
    const link = await openLink(home.broker, {
      clientId: 'another',
      will: null,
      onMessage: () => undefined,
      onLost: () => undefined,
    })
    t.equal(link.atOnce, 20, 'no more at once than the broker takes')
    await link.end()
    home.broker = { ...brokerAt(broker.url, 'wrong'), protocol: 5 }
    await home.publisher.restart()
    await until(() => home.publisher.status().state === 'refused')
    t.equal(home.publisher.status().lastError?.key, 'mqtt.trouble.password')
  })
})

t.test('a broker that takes us and drops us again is asked less and less often', async (t) => {
  let now = 0
  const patience = createPatience({ retryMs: 1000, slowRetryMs: 90_000, steadyMs: 60_000 }, () => now)
  const drop = (stoodMs: number) => {
    patience.connected()
    now += stoodMs
    return patience.lost(false)
  }
  const waits = [1, 1, 1, 1, 1, 1, 1, 1].map(() => drop(500).waitMs)
  for (const [n, least] of [800, 1600, 3200, 6400, 12_800, 25_600, 48_000, 48_000].entries())
    t.ok((waits[n] ?? 0) >= least && (waits[n] ?? 0) <= least * 1.5, `${n}: ${waits[n]}`)
  t.equal(drop(500).hadStood, false)
  const good = drop(3_600_000)
  t.ok(good.hadStood && good.waitMs <= 1200, 'one that stood is asked again soon')
  t.equal(patience.lost(true).waitMs, 90_000, 'a refusal is not asked again in a hurry')
})

t.test('without a broker nothing is done until there is one', async (t) => {
  const home = house(t, '')
  home.broker = null
  await home.publisher.restart()
  await until(() => home.publisher.status().state === 'off')
  home.publisher.changed()
  await t.rejects(home.publisher.test(), { code: 'invalid', text: { key: 'mqtt.not-configured' } })
})

/** Waits until nothing has come for a second, and forgets what did. */
async function calm(listener: { readonly live: unknown[] }): Promise<void> {
  for (let seen = -1; seen !== listener.live.length; ) {
    seen = listener.live.length
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  listener.live.length = 0
}
