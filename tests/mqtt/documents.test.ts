import { readFileSync } from 'node:fs'
import t from 'tap'
import type { JobState } from '../../src/domain/job.ts'
import { JOB_STATES } from '../../src/domain/job.ts'
import { RUN_RESULTS } from '../../src/domain/run.ts'
import type { State } from '../../src/domain/state.ts'
import { type Text, text } from '../../src/domain/text.ts'
import { announcements } from '../../src/mqtt/announcements.ts'
import {
  type BrokerSources,
  brokerFrom,
  isBrokerUrl,
  prefixFrom,
  shownAddress,
} from '../../src/mqtt/broker.ts'
import { changesBetween } from '../../src/mqtt/changes.ts'
import { commandOf } from '../../src/mqtt/command.ts'
import { EVENT_TYPES } from '../../src/mqtt/happenings.ts'
import { label, slug } from '../../src/mqtt/label.ts'
import { discoveryPrefix, type Presence, topicPrefix } from '../../src/mqtt/presence.ts'
import { brokerTrouble } from '../../src/mqtt/trouble.ts'
import { wantedTopics } from '../../src/mqtt/wanted.ts'
import { checkDocument, lengthen } from '../support/discovery-checker.ts'
import {
  aJob,
  anIncident,
  aRun,
  aServer,
  fullJob,
  fullServer,
  stateWith,
} from '../support/household-state.ts'
import { renderTemplate } from '../support/jinja.ts'

const catalogue = JSON.parse(
  readFileSync(new URL('../../views/locales/en.json', import.meta.url), 'utf8'),
) as Record<string, string>
const say = (one: Text) => catalogue[one.key] ?? `missing: ${one.key}`
const presence: Presence = {
  instance: 'k3x7ab2c',
  prefix: 'duplistatus',
  discovery: 'homeassistant',
  devices: 'jobs',
  version: '1.2.3',
  homepage: 'https://example.org/duplistatus',
  page: 'homeassistant://app/abcdef12_duplistatus',
}
const wantedOf = (state: State, part: Partial<Presence> = {}, judged: JobState = 'ok') =>
  wantedTopics({ state, judge: () => judged, presence: { ...presence, ...part }, say })
const documentsOf = (topics: Map<string, string>) =>
  [...topics].filter(([topic]) => topic.endsWith('/config'))

const HOSTILE = [
  '__proto__',
  '\0',
  '<img src=x onerror=alert(1)>',
  'x'.repeat(1_000_000),
  '🗄️📦',
  '备份',
  '\u202egnp.exe',
  '\ud800 half',
  '   ',
  'a/b+c#d',
  '{{ states("sun.sun") }}',
  'constructor',
]
const hostile = stateWith({
  servers: HOSTILE.map((name, n) =>
    fullServer({ id: `srv_h${n}`, name, duplicatiVersion: name, address: name }),
  ),
  jobs: HOSTILE.flatMap((name, n) => [
    fullJob({
      id: `job_h${n}`,
      serverId: `srv_h${n}`,
      name,
      status: { ...fullJob().status, lastRun: aRun({ reason: name }) },
    }),
  ]),
})
const full = stateWith({ servers: [fullServer()], jobs: [fullJob()], incidents: [anIncident()] })
const bare = stateWith({ servers: [aServer()], jobs: [aJob()] })
const STATES: readonly [string, State][] = [
  ['everything known', full],
  ['nothing known', bare],
  ['hostile names', hostile],
  ['an empty house', stateWith({})],
]

t.test('every device document passes the rules of Home Assistant', async (t) => {
  for (const [name, state] of STATES) {
    for (const devices of ['jobs', 'servers'] as const) {
      const documents = documentsOf(wantedOf(state, { devices }))
      t.ok(documents.length > 0)
      t.same(
        documents.flatMap(([topic, payload]) => checkDocument(topic, payload)),
        [],
        `${name}, one device for each of ${devices}`,
      )
      t.notOk(
        documents.some(([, payload]) => payload.includes('missing: ')),
        'every name is in the catalogue',
      )
      t.ok(documents.every(([, payload]) => payload.length < 16_000 || devices === 'servers'))
    }
  }
})

t.test('the checker finds what Home Assistant refuses', async (t) => {
  const topic = 'homeassistant/device/ds_x/config'
  const good = {
    dev: { ids: ['ds_x'], name: 'x' },
    o: { name: 'duplistatus' },
    stat_t: 'a/state',
    cmps: {
      size: { p: 'sensor', uniq_id: 'ds_x_size', name: 'Size', dev_cla: 'data_size', unit_of_meas: 'GB' },
      run: { p: 'button', uniq_id: 'ds_x_run', name: 'Run', cmd_t: 'a/command' },
      result: { p: 'event', uniq_id: 'ds_x_result', name: 'Result', evt_typ: ['ok'] },
    },
  }
  t.same(checkDocument(topic, JSON.stringify(good)), [])
  t.same(checkDocument(topic, ''), [], 'an empty payload removes the device')
  const marker = { ...good, cmps: { ...good.cmps, gone: { p: 'sensor' } } }
  t.same(checkDocument(topic, JSON.stringify(marker)), [], 'a removal marker is fine')
  const bad: [string, string, unknown, string?][] = [
    ['document', 'a base topic at the root', { ...good, '~': 'a' }],
    ['document', 'attributes at the root', { ...good, json_attr_t: 'a' }],
    ['document', 'no origin', { ...good, o: undefined }],
    ['document', 'null in the device', { ...good, dev: { ...good.dev, sw: null } }],
    ['document', 'null in the origin', { ...good, o: { name: 'x', sw: null } }],
    ['document', 'no identifiers', { ...good, dev: { name: 'x' } }],
    ['document', 'no device name', { ...good, dev: { ids: ['a'] } }],
    ['document', 'an address that is none', { ...good, dev: { ...good.dev, cu: 'nas:8200' } }],
    ['document', 'no components', { ...good, cmps: {} }],
    ['document', 'a platform that is none', { ...good, cmps: { a: { p: 'clock', uniq_id: 'a' } } }],
    ['document', 'no unique id', { ...good, cmps: { a: { p: 'sensor', name: 'a' } } }],
    ['document', 'a space in a key', { ...good, cmps: { 'a b': good.cmps.size } }],
    ['document', 'not an object', []],
    ['document', 'a wild topic', good, 'homeassistant/device/ds x/config'],
    ['document', 'a topic of one entity', good, 'homeassistant/sensor/ds_x/config'],
    ['entity', 'no state topic', { ...good, stat_t: undefined }],
    ['entity', 'no command topic', { ...good, cmps: { a: { p: 'button', uniq_id: 'a', name: 'a' } } }],
    ['entity', 'no event types', { ...good, cmps: { a: { p: 'event', uniq_id: 'a', name: 'a' } } }],
    ['entity', 'an unknown class', sensor({ dev_cla: 'backup' })],
    ['entity', 'a unit of another class', sensor({ dev_cla: 'data_size', unit_of_meas: 's' })],
    ['entity', 'no unit', sensor({ dev_cla: 'duration' })],
    ['entity', 'a moment with a unit', sensor({ dev_cla: 'timestamp', unit_of_meas: 's' })],
    ['entity', 'a moment with a state class', sensor({ dev_cla: 'timestamp', stat_cla: 'measurement' })],
    ['entity', 'an enum without options', sensor({ dev_cla: 'enum' })],
    ['entity', 'options without an enum', sensor({ ops: ['a'] })],
    ['entity', 'the category config', sensor({ ent_cat: 'config' })],
    ['entity', 'an icon that is null', sensor({ ic: null })],
    ['entity', 'a wildcard in a topic', sensor({ stat_t: 'a/+/state' })],
    ['entity', 'a suggested id of another platform', sensor({ def_ent_id: 'switch.a' })],
    ['entity', 'a suggested id that is none', sensor({ def_ent_id: 'sensor.Größe' })],
    ['entity', 'availability without a topic', sensor({ avty: [{ pl_avail: 'on' }] })],
    ['entity', 'one unique id twice', { ...good, cmps: { a: good.cmps.size, b: good.cmps.size } }],
    ['dropped', 'the former object id', sensor({ object_id: 'a' })],
    ['dropped', 'a suggested unit', sensor({ suggested_unit_of_measurement: 'GB' })],
    ['warning', 'two main features', { ...good, cmps: { a: unnamed('a'), b: unnamed('b') } }],
  ]
  function sensor(part: object) {
    return { ...good, cmps: { a: { p: 'sensor', uniq_id: 'a', name: 'a', ...part } } }
  }
  function unnamed(id: string) {
    return { p: 'sensor', uniq_id: id, name: null }
  }
  for (const [scope, name, document, at] of bad) {
    t.match(checkDocument(at ?? topic, JSON.stringify(document))[0], { scope }, name)
  }
  t.match(checkDocument(topic, '{')[0], { scope: 'document' }, 'broken JSON')
})

t.test('value templates give legal states over full and empty states', async (t) => {
  const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
  for (const [name, state] of STATES) {
    for (const judged of JOB_STATES) {
      const topics = wantedOf(state, {}, judged)
      for (const [, payload] of documentsOf(topics)) {
        const document = JSON.parse(payload) as {
          stat_t: string
          cmps: Record<string, Record<string, unknown>>
        }
        const facts: unknown = JSON.parse(topics.get(document.stat_t) ?? 'null')
        for (const [key, short] of Object.entries(document.cmps)) {
          const entity = lengthen(short)
          if (entity['json_attributes_template'] !== undefined) {
            t.type(JSON.parse(renderTemplate(String(entity['json_attributes_template']), facts)), 'object')
          }
          if (entity['value_template'] === undefined) continue
          const shown = renderTemplate(String(entity['value_template']), facts)
          t.ok(isLegal(entity, shown), `${name}, ${judged}, ${key}: ${shown.slice(0, 80)}`)
        }
      }
    }
  }
  function isLegal(entity: Record<string, unknown>, shown: string): boolean {
    if (shown.length > 255) return false
    if (entity['platform'] === 'update') return typeof JSON.parse(shown) === 'object'
    if (shown === 'None') return true
    if (entity['platform'] === 'binary_sensor') return shown === 'ON' || shown === 'OFF'
    if (entity['device_class'] === 'timestamp') return moment.test(shown)
    if (entity['device_class'] === 'enum') return (entity['options'] as string[]).includes(shown)
    if (entity['unit_of_measurement'] !== undefined || entity['state_class'] !== undefined) {
      return shown.trim() !== '' && Number.isFinite(Number(shown))
    }
    return shown !== ''
  }
})

t.test('a job tells its state, its sizes and its moments, null where unknown', async (t) => {
  const at = 'duplistatus/k3x7ab2c/srv_nas/job_documents'
  const known = wantedOf(full, {}, 'running')
  t.same(JSON.parse(known.get(`${at}/state`) ?? ''), {
    state: 'running',
    problem: true,
    overdue: true,
    running: true,
    acknowledged: false,
    last_result: 'warning',
    last_run: '2026-11-22T02:00:00.000Z',
    last_good: '2026-11-22T02:00:00.000Z',
    next_due: '2026-11-23T02:00:00.000Z',
    duration_s: 2311,
    source_bytes: 113_395_849_938,
    source_files: 249_426,
    stored_bytes: 43_346_796_938,
    versions: 10,
    uploaded_bytes: 331_318_892,
    errors: 0,
    warnings: 3,
    progress_percent: 42,
    phase: 'Backup_ProcessingFiles',
  })
  t.match(JSON.parse(known.get(`${at}/attributes`) ?? ''), {
    server: 'NAS',
    job: 'Documents',
    reason: 'one file is locked',
    command_topic: `${at}/command`,
  })
  const unknown = JSON.parse(wantedOf(bare, {}, 'new').get(`${at}/state`) ?? '') as Record<string, unknown>
  t.same(Object.keys(unknown), Object.keys(JSON.parse(known.get(`${at}/state`) ?? '') as object))
  t.match(unknown, { state: 'new', problem: false, last_good: null, source_bytes: null, duration_s: null })
})

t.test('the enums are exactly the words of the product', async (t) => {
  const documents = documentsOf(wantedOf(full)).map(([, payload]) => payload)
  const job = documents.map(
    (one) => JSON.parse(one) as { cmps: Record<string, { ops?: string[]; evt_typ?: string[] }> },
  )[2]
  t.same(job?.cmps['state']?.ops, JOB_STATES)
  t.same(job?.cmps['last_result']?.ops, RUN_RESULTS)
  t.same(job?.cmps['result']?.evt_typ, EVENT_TYPES)
})

t.test('ids come from our ids and survive a new name, alias and emoji', async (t) => {
  const before = JSON.parse(documentsOf(wantedOf(full))[2]?.[1] ?? '') as Document
  const renamed = stateWith({
    servers: [fullServer({ alias: '🗄️ Keller' })],
    jobs: [fullJob({ name: 'Größe & Maß' })],
  })
  const after = JSON.parse(documentsOf(wantedOf(renamed))[2]?.[1] ?? '') as Document
  t.same(before.dev.ids, ['ds_k3x7ab2c_job_documents'])
  t.same(after.dev.ids, before.dev.ids)
  t.equal(after.dev.name, '🗄️ Keller Größe & Maß')
  t.same(
    Object.values(after.cmps).map((one) => one.uniq_id),
    Object.values(before.cmps).map((one) => one.uniq_id),
  )
  t.equal(after.cmps['state']?.def_ent_id, 'sensor.keller_grosse_mass')
  t.equal(after.cmps['last_good']?.def_ent_id, 'sensor.keller_grosse_mass_last_good')
  t.equal(after.cmps['state']?.name, null)
  t.equal(slug('备份', 'job_x'), 'job_x')
  t.equal(label('\u202e\0', 'srv_x'), 'srv_x')
  t.ok([...label('x🗄️'.repeat(200), '')].length <= 80)
  interface Document {
    dev: { ids: string[]; name: string }
    cmps: Record<string, { uniq_id: string; def_ent_id: string; name: string | null }>
  }
})

t.test('the address of a server is one that Home Assistant takes, or is left out', async (t) => {
  const cu = (address: string) => {
    const state = stateWith({ servers: [fullServer({ address, publicAddress: '' })] })
    const documents = documentsOf(wantedOf(state))
    t.same(
      documents.flatMap(([topic, payload]) => checkDocument(topic, payload)),
      [],
      address,
    )
    return (JSON.parse(documents[1]?.[1] ?? '') as { dev: { cu?: string } }).dev.cu
  }
  t.equal(cu('http://nas.lan:8200'), 'http://nas.lan:8200/')
  t.equal(cu('http:///nas.lan'), 'http://nas.lan/', 'a browser would find it, Home Assistant would not')
  t.equal(cu('https://anna:secret@nas.lan/ngax/'), 'https://nas.lan/ngax/', 'no password is told')
  t.equal(cu('https://备份.example/a b'), 'https://xn--doqp8v.example/a%20b')
  for (const none of ['nas:8200', 'http://', 'javascript:alert(1)', `http://${'x'.repeat(600)}`])
    t.equal(cu(none), undefined, none.slice(0, 20))
})

t.test('one device for each server keeps the unique ids of one for each job', async (t) => {
  const ids = (devices: 'jobs' | 'servers') =>
    documentsOf(wantedOf(full, { devices }))
      .flatMap(([, payload]) =>
        Object.values((JSON.parse(payload) as { cmps: Record<string, { uniq_id: string }> }).cmps),
      )
      .map((one) => one.uniq_id)
      .sort()
  t.same(ids('servers'), ids('jobs'))
  const [, server] = documentsOf(wantedOf(full, { devices: 'servers' }))
  const entities = (
    JSON.parse(server?.[1] ?? '') as { cmps: Record<string, { name: string; stat_t: string }> }
  ).cmps
  t.match(entities['job_documents_state'], {
    name: 'Documents',
    stat_t: 'duplistatus/k3x7ab2c/srv_nas/job_documents/state',
  })
  t.match(entities['job_documents_last_good'], { name: 'Documents Last good backup' })
  t.equal(documentsOf(wantedOf(full, { devices: 'servers' })).length, 2)
})

t.test('buttons that could do nothing are not made', async (t) => {
  const keys = (state: State) =>
    documentsOf(wantedOf(state)).flatMap(([, payload]) =>
      Object.keys((JSON.parse(payload) as { cmps: object }).cmps),
    )
  t.ok(keys(full).includes('run'))
  t.ok(keys(full).includes('collect'))
  t.notOk(keys(bare).includes('run'))
  t.notOk(keys(bare).includes('collect'))
  t.notOk(keys(bare).includes('reachable'))
  t.ok(keys(bare).includes('acknowledge'))
})

t.test('discovery switched off leaves the states, archived servers and jobs leave nothing', async (t) => {
  const off = wantedOf(full, { discovery: null })
  t.same(documentsOf(off), [])
  t.ok(off.has('duplistatus/k3x7ab2c/srv_nas/job_documents/state'))
  const archived = stateWith({
    servers: [fullServer()],
    jobs: [fullJob({ archivedAt: '2026-11-01T00:00:00.000Z' })],
  })
  t.notOk([...wantedOf(archived).keys()].some((topic) => topic.includes('job_documents')))
  const gone = stateWith({
    servers: [fullServer({ archivedAt: '2026-11-01T00:00:00.000Z' })],
    jobs: [fullJob()],
  })
  t.notOk([...wantedOf(gone).keys()].some((topic) => topic.includes('srv_nas')))
})

t.test('the same state gives the same topics, whatever time it is', async (t) => {
  t.same([...wantedOf(full)], [...wantedOf(structuredClone(full))])
  const [first] = wantedOf(full).keys()
  t.equal(first, 'homeassistant/device/ds_k3x7ab2c/config', 'parents come before children')
  t.equal([...wantedOf(full).keys()].at(-1), 'duplistatus/k3x7ab2c/bridge/availability')
})

t.test('what is sent is the difference, and what goes is taken back in order', async (t) => {
  const standing = wantedOf(full)
  t.match(changesBetween(standing, standing, 'k3x7ab2c'), {
    farewells: new Map(),
    news: new Map(),
    leftovers: [],
  })
  t.equal(changesBetween(standing, standing, 'k3x7ab2c').news.size, 0)
  const alone = wantedOf(stateWith({ servers: [fullServer()] }))
  const fewer = changesBetween(standing, alone, 'k3x7ab2c')
  t.equal(fewer.farewells.get('homeassistant/device/ds_k3x7ab2c_job_documents/config'), '')
  t.ok(fewer.leftovers.includes('duplistatus/k3x7ab2c/srv_nas/job_documents/state'))
  const pushOnly = wantedOf(stateWith({ servers: [aServer()], jobs: [fullJob()], incidents: [anIncident()] }))
  const changes = changesBetween(standing, pushOnly, 'k3x7ab2c')
  const topic = 'homeassistant/device/ds_k3x7ab2c_job_documents/config'
  const marked = changes.farewells.get(topic) ?? ''
  t.same((JSON.parse(marked) as { cmps: Record<string, unknown> }).cmps['run'], { p: 'button' })
  t.same(checkDocument(topic, marked), [])
  t.notMatch(changes.news.get(topic) ?? '', '"run"', 'and then it is published without it')
  const broken = new Map([...standing, [topic, '{']])
  t.equal(changesBetween(broken, standing, 'k3x7ab2c').news.get(topic), standing.get(topic))
})

t.test('new runs and turns of incidents are told once', async (t) => {
  const tell = (before: State, after: State) =>
    announcements(before, after, presence, say).map(
      (one) => [one.topic, JSON.parse(one.payload)] as [string, Record<string, unknown>],
    )
  const told = tell(bare, full)
  t.same(
    told.map(([topic, event]) => [topic.split('/').at(-2), event['event_type'], event['operation']]),
    [
      ['job_documents', 'warning', 'Backup'],
      ['bridge', 'warning', 'Backup'],
      ['job_documents', 'success', 'Test'],
      ['bridge', 'success', 'Test'],
      ['job_documents', 'overdue', 'Backup'],
      ['bridge', 'overdue', 'Backup'],
    ],
  )
  t.match(told[0]?.[1], { message: 'one file is locked', run_id: 'run_7', scheduled: true, warnings: 3 })
  t.same(tell(full, full), [])
  t.same(tell(full, structuredClone(full)), [])
  const closed = { ...full, incidents: {} }
  t.same(
    tell(full, closed).map(([, event]) => event['event_type']),
    ['recovered', 'recovered'],
  )
  const paused = { ...closed, jobs: { job_documents: fullJob({ pausedUntil: 'forever' }) } }
  t.same(tell(full, paused), [], 'a pause is no recovery')
  const history = {
    ...full.jobs['job_documents']?.status,
    lastRun: aRun({ no: 9, received: '2026-11-25T00:00:00.000Z' }),
  }
  const collected = {
    ...full,
    jobs: { job_documents: fullJob({ status: { ...fullJob().status, ...history } }) },
  }
  t.same(tell(full, collected), [], 'a run collected days later starts no automation')
  const silent = {
    ...bare,
    incidents: {
      i: anIncident({ id: 'i', jobId: null, cause: 'server-silent', jobIds: ['job_documents', 'job_gone'] }),
    },
  }
  t.same(
    tell(bare, silent).map(([, event]) => event['event_type']),
    ['overdue', 'overdue'],
  )
  for (const [, event] of tell(stateWith({}), hostile)) {
    t.ok(EVENT_TYPES.includes(event['event_type'] as never))
    t.ok(JSON.stringify(event).length < 2000)
  }
})

t.test('commands are known by their topic and word, anything else is none', async (t) => {
  const job = 'duplistatus/k3x7ab2c/srv_nas/job_documents/command'
  t.same(commandOf(presence, job, 'run'), { kind: 'run', jobId: 'job_documents' })
  t.same(commandOf(presence, job, ' ACKNOWLEDGE\n'), { kind: 'acknowledge', jobId: 'job_documents' })
  t.same(commandOf(presence, job, 'snooze'), { kind: 'snooze', jobId: 'job_documents' })
  t.same(commandOf(presence, 'duplistatus/k3x7ab2c/bridge/command', 'collect'), { kind: 'collect' })
  t.equal(commandOf(presence, job, 'delete'), null)
  t.equal(commandOf(presence, job, ''), null)
  t.equal(commandOf(presence, 'duplistatus/k3x7ab2c/bridge/command', 'run'), null)
  t.equal(commandOf(presence, 'duplistatus/another1/srv_nas/job_documents/command', 'run'), null)
  t.equal(commandOf(presence, 'duplistatus/k3x7ab2c/srv_nas/__proto__/command', 'run'), null)
})

t.test('the broker comes from the environment, then from Home Assistant, then from the page', async (t) => {
  const nothing: BrokerSources = {
    locked: {},
    lockedPassword: '',
    settings: {},
    password: '',
    key: '',
    offered: null,
  }
  const offered = { host: 'core-mosquitto', port: 1883, tls: false, username: 'addons', password: 'secret' }
  const settings = { 'mqtt.url': 'mqtt://own.lan', 'mqtt.username': 'me' }
  t.equal(brokerFrom(nothing), null)
  t.match(brokerFrom({ ...nothing, settings, password: 'p' }), {
    url: 'mqtt://own.lan',
    username: 'me',
    password: 'p',
    from: 'settings',
    verify: true,
    protocol: 4,
  })
  t.match(brokerFrom({ ...nothing, settings, offered }), {
    url: 'mqtt://core-mosquitto:1883',
    username: 'addons',
  })
  t.match(brokerFrom({ ...nothing, settings: { ...settings, 'mqtt.source': 'own' }, offered }), {
    from: 'settings',
  })
  t.equal(brokerFrom({ ...nothing, settings: { ...settings, 'mqtt.source': 'off' }, offered }), null)
  t.match(brokerFrom({ ...nothing, settings: { 'mqtt.source': 'own' }, offered }), { from: 'home-assistant' })
  const locked = { 'mqtt.url': 'mqtts://u:p%40@env.lan:8883' }
  const fromEnv = brokerFrom({
    ...nothing,
    locked,
    settings: { 'mqtt.version': '5', 'mqtt.verify': false },
    offered,
  })
  t.match(fromEnv, {
    url: 'mqtts://env.lan:8883',
    username: 'u',
    password: 'p@',
    from: 'environment',
    protocol: 5,
    verify: false,
  })
  t.match(brokerFrom({ ...nothing, offered: { ...offered, host: 'fe80::1', tls: true } }), {
    url: 'mqtts://[fe80::1]:1883',
  })
  t.equal(brokerFrom({ ...nothing, settings: { 'mqtt.url': 'http://x' } }), null)
  t.notOk(isBrokerUrl('mqtt://'))
  t.notOk(shownAddress({ url: 'mqtt://user:secret@host' }).includes('secret'))
  t.equal(prefixFrom({ locked: {}, settings: { 'mqtt.prefix': 'a/+/b' } }), 'duplistatus')
  t.equal(prefixFrom({ locked: { 'mqtt.prefix': 'home/backups' }, settings: {} }), 'home/backups')
})

t.test('prefixes are safe in every topic', async (t) => {
  for (const bad of ['', '/a', 'a/', 'a//b', 'a/+', '#', '$SYS', 'a b', 'ä', 'x'.repeat(101)])
    t.equal(topicPrefix(bad), null)
  t.equal(topicPrefix('home/backups-1_x'), 'home/backups-1_x')
  t.equal(discoveryPrefix('off'), null)
  t.equal(discoveryPrefix('true'), 'homeassistant')
  t.equal(discoveryPrefix('ha'), 'ha')
  t.equal(discoveryPrefix('a/#'), 'homeassistant')
})

t.test('trouble with a broker is said in words to act on, and never with its password', async (t) => {
  const broker = brokerFrom({
    locked: {},
    lockedPassword: '',
    settings: { 'mqtt.url': 'mqtt://u:secret@host:1883' },
    password: '',
    key: '',
    offered: null,
  })
  if (broker === null) throw new Error('no broker')
  const cases: [unknown, string, string][] = [
    [{ code: 5 }, 'password', 'forbidden'],
    [{ code: 135 }, 'password', 'forbidden'],
    [{ code: 1 }, 'version', 'forbidden'],
    [{ code: 99 }, 'code', 'forbidden'],
    [{ code: 'ENOTFOUND' }, 'name', 'unavailable'],
    [{ code: 'ECONNREFUSED' }, 'refused', 'unavailable'],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'certificate', 'unavailable'],
    [{ code: 'EPROTO' }, 'tls', 'unavailable'],
    [{ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, 'client-certificate', 'forbidden'],
    [{ code: 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED' }, 'client-certificate', 'forbidden'],
    [{ code: 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' }, 'pem', 'unavailable'],
    [new Error('connack timeout'), 'silent', 'unavailable'],
    [new Error('Invalid header flag bits'), 'other', 'unavailable'],
    [null, 'closed', 'unavailable'],
  ]
  for (const [error, kind, code] of cases) {
    const failure = brokerTrouble(broker, error)
    t.equal(failure.text.key, `mqtt.trouble.${kind}`)
    t.equal(failure.code, code)
    t.ok(catalogue[failure.text.key])
    t.notMatch(JSON.stringify(failure.text), 'secret')
  }
  t.ok(text('mqtt.trouble.unexpected'))
})
