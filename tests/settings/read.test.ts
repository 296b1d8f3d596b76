import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Failure } from '../../src/domain/failure.ts'
import { lockedNames, readSettings } from '../../src/settings/read.ts'
import { SETTINGS } from '../../src/settings/table.ts'
import { smallHouse } from '../support/small-house.ts'

const dir = mkdtempSync(join(tmpdir(), 'duplistatus-settings-'))
t.teardown(() => rmSync(dir, { recursive: true, force: true }))

function refusal(env: NodeJS.ProcessEnv): Failure {
  try {
    readSettings(env, '/none')
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error(`${JSON.stringify(env)} was taken`)
}

t.test('a value that cannot be stops the start and is named with what is allowed', async (t) => {
  const wrong: [name: string, values: string[], allowed: RegExp][] = [
    ['PORT', ['abc', '-1', '70000', '1.5'], /65535/],
    ['INGRESS_PORT', ['x'], /65535/],
    ['BASE_PATH', ['name', '/a b', '/a//b', '//host'], /\/name/],
    ['PUBLIC_URL', ['host', 'ftp://host', 'javascript:alert(1)'], /^http:\/\/host:port, https:/],
    ['SUPERVISOR_URL', ['supervisor'], /http/],
    ['LOG_LEVEL', ['loud', 'INFO'], /debug, info, warn, error/],
    ['TZ', ['Mars/Base', 'Europe/Berlin '], /Europe\/Berlin/],
    ['TRUST_PROXY', ['proxy', '10.0.0.0/33', '10.0.0.1,x', 'fd00::/129', '10.0.0.0/8/8'], /10\.0\.0\.0\/8/],
    ['INGRESS_PEER', ['supervisor'], /192/],
    ['MAX_BODY_MB', ['0', '513', 'many', ''.padStart(30, '9')], /1 \.\.\. 512/],
    ['API_ACCESS', ['all'], /local, open, token/],
    ['RUN_RETENTION_DAYS', ['-1', '1e3'], /0 \.\.\. 36500/],
    ['LOG_RETENTION_DAYS', ['36501'], /36500/],
    ['MQTT_URL', ['broker', 'http://broker', 'mqtt://'], /mqtt:\/\/host:port, mqtts:/],
    ['MQTT_PREFIX', ['a#b', 'a//b', '+', '/a'], /name/],
    ['MQTT_DISCOVERY', ['#'], /name/],
    ['MQTT_CA', ['/etc/ssl/ca.pem'], /MQTT_CA_FILE/],
    ['PWD_ENFORCE', ['maybe'], /true, false/],
    ['PWD_MIN_LEN', ['0', '129'], /1 \.\.\. 128/],
  ]
  const free = ['text', 'secret', 'folder']
  t.same(
    SETTINGS.filter(({ kind }) => !free.includes(kind))
      .map(({ name }) => name)
      .filter((name) => !wrong.some((row) => row[0] === name)),
    [],
    'every setting that can be wrong is tried',
  )
  for (const [name, values, allowed] of wrong) {
    for (const value of values) {
      const failure = refusal({ [name]: value })
      t.match(failure, { code: 'invalid', field: name, text: { key: 'settings.value.refused' } }, value)
      t.match(failure.text.values, { name, allowed }, value)
    }
  }
})

t.test('what is allowed is read as what it is', async (t) => {
  const settings = readSettings(
    {
      BASE_PATH: '/backups/',
      PUBLIC_URL: 'https://backups.example.org/',
      TRUST_PROXY: ' 10.0.0.0/8, fd00::1 ,',
      MQTT_URL: 'mqtts://broker:8883/',
      MQTT_DISCOVERY: 'off',
      MQTT_CA: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
      PWD_ENFORCE: 'no',
      PORT: '',
    },
    '/none',
  )
  t.match(settings, {
    port: 9666,
    basePath: '/backups',
    publicUrl: 'https://backups.example.org',
    // The same megabytes as in the sentence that refuses a larger report.
    maxBodyBytes: 32_000_000,
    trustProxy: ['10.0.0.0/8', 'fd00::1'],
    locked: { 'mqtt.url': 'mqtts://broker:8883', 'mqtt.discovery': 'off', 'users.password_enforce': false },
  })
  t.match(lockedNames(settings), { 'mqtt.url': 'MQTT_URL' })
})

t.test('every setting may stand in a file, and a file that cannot be read is named', async (t) => {
  const file = join(dir, 'value')
  writeFileSync(file, '7777\n')
  t.equal(readSettings({ PORT_FILE: file }, '/none').port, 7777)
  t.equal(readSettings({ PORT: '1', PORT_FILE: file }, '/none').port, 1, 'the variable itself wins')
  t.match(refusal({ ADMIN_PASSWORD_FILE: join(dir, 'none') }).text, {
    key: 'settings.file.unreadable',
    values: { name: 'ADMIN_PASSWORD_FILE', file: join(dir, 'none') },
  })
})

t.test('a door that cannot be opened says whether port or address is at fault', async (t) => {
  const house = await smallHouse({ days: 0 })
  t.teardown(() => house.close())
  const port = new URL(house.app.urls.public).port
  await t.rejects(smallHouse({ days: 0, env: { PORT: port } }), {
    code: 'conflict',
    text: { key: 'start.port', values: { port, reason: 'EADDRINUSE' } },
  })
  await t.rejects(smallHouse({ days: 0, env: { HOST: '192.0.2.1' } }), {
    code: 'conflict',
    text: { key: 'start.host', values: { host: '192.0.2.1', reason: 'EADDRNOTAVAIL' } },
  })
})

t.test('a password in the address of the broker is never stored with it', async (t) => {
  const settings = readSettings({ MQTT_URL: 'mqtt://ha:s%40cret@broker:1883' }, '/none')
  t.equal(settings.locked['mqtt.url'], 'mqtt://broker:1883')
  t.equal(settings.locked['mqtt.username'], 'ha')
  t.equal(settings.mqttPassword, 's@cret')
})

t.test('an address of the broker with odd signs in its password keeps none of it', async (t) => {
  const odd = readSettings({ MQTT_URL: 'mqtt://ha:p@ss@broker:1883' }, '/none')
  t.equal(odd.locked['mqtt.url'], 'mqtt://broker:1883')
  t.equal(odd.mqttPassword, 'p@ss')
  const percent = readSettings({ MQTT_URL: 'mqtt://100%:5%@broker' }, '/none')
  t.match(percent, { mqttPassword: '5%', locked: { 'mqtt.url': 'mqtt://broker', 'mqtt.username': '100%' } })
  t.notMatch(JSON.stringify(refusal({ MQTT_URL: 'http://ha:hunter2@broker' }).text), 'hunter2')
  const key = `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(60)}`
  t.notMatch(JSON.stringify(refusal({ MQTT_CA: key }).text), 'AAAA', 'nor does a key stand in the sentence')
})

t.test('options that are no options stop the start, and those of the add-on are read', async (t) => {
  const file = join(dir, 'options.json')
  const read = (content: string) => {
    writeFileSync(file, content)
    return readSettings({ SUPERVISOR_TOKEN: 'x' }, file)
  }
  for (const content of ['', '{', 'null', '[]', '3', '"a"'])
    t.throws(
      () => read(content),
      { code: 'invalid', text: { key: 'settings.options.unreadable', values: { file } } },
      content,
    )
  t.match(
    read('\ufeff{"log_level":"debug","max_body_mb":64,"trust_proxy":["10.0.0.1","10.0.0.2"],"tz":null}'),
    {
      logLevel: 'debug',
      maxBodyBytes: 64_000_000,
      trustProxy: ['10.0.0.1', '10.0.0.2'],
    },
  )
  t.throws(() => read('{"log_level":"loud"}'), { code: 'invalid', field: 'LOG_LEVEL' })
})
