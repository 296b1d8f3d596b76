import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { parse, type ScalarTag } from 'yaml'
import { announcements } from '../src/mqtt/announcements.ts'
import { EVENT_TYPES } from '../src/mqtt/happenings.ts'
import type { Presence } from '../src/mqtt/presence.ts'
import { wantedTopics } from '../src/mqtt/wanted.ts'
import { SETTINGS } from '../src/settings/table.ts'
import { checkManifest, optionFault, securityRating } from './support/addon-manifest.ts'
import { builtTree, instructions, isIgnored } from './support/dockerfile.ts'
import { aRun, fullJob, fullServer, stateWith } from './support/household-state.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const yaml = (path: string) => parse(read(path), { customTags: [input] }) as Record<string, unknown>
/** `!input name` of a blueprint. */
const input: ScalarTag = { tag: '!input', resolve: (name) => ({ input: name }) }
const manifest = yaml('config.yaml')
const { version, homepage } = JSON.parse(read('package.json')) as { version: string; homepage: string }

const presence: Presence = {
  instance: 'k3x7ab2c',
  prefix: 'duplistatus',
  discovery: 'homeassistant',
  devices: 'jobs',
  version,
  homepage,
  page: null,
}

t.test('the manifest keeps to the rules of the Supervisor', async (t) => {
  t.same(checkManifest(manifest), [])
  t.equal(manifest['slug'], 'duplistatus')
  t.same([...(manifest['arch'] as string[])].sort(), ['aarch64', 'amd64'])
  t.match(manifest, {
    ingress: true,
    ingress_port: 8099,
    panel_title: 'Backups',
    panel_icon: 'mdi:backup-restore',
    ports: { '9666/tcp': 9666 },
    services: ['mqtt:want'],
    homeassistant_api: true,
    backup: 'hot',
  })
  t.notOk('image' in manifest, 'no image is published yet')
  t.match(String(manifest['watchdog']), /\[PORT:9666\]\/healthz$/)
})

t.test('the rules find what the Supervisor refuses', async (t) => {
  const broken: [string, Record<string, unknown>][] = [
    ['no slug', { slug: undefined }],
    ['a version that is a number', { version: 0.1 }],
    ['a slug with a space', { slug: 'dupli status' }],
    ['an architecture that is gone', { arch: ['armv7'] }],
    ['a key nobody knows', { auto_uart: true }],
    ['a port that is no port', { ports: { '9666': 9666 } }],
    ['a key with a wrong type', { ingress: 'yes' }],
    ['an entry with a leading slash', { ingress_entry: '/x' }],
    ['a watchdog without a port', { watchdog: 'http://[HOST]/healthz' }],
    ['a tag in the image', { image: 'ghcr.io/x/y:1' }],
    ['a service that is none', { services: ['mqtt'] }],
    ['a hook of a cold backup', { backup: 'cold' }],
    ['a default the schema refuses', { options: { log_level: 'loud' } }],
    ['an option without a rule', { options: { other: 1 } }],
    ['a rule that is none', { schema: { log_level: 'text' } }],
    ['a list without a default', { schema: { names: ['str'] } }],
    ['a stop that takes too long', { timeout: 3000 }],
  ]
  for (const [name, change] of broken) t.ok(checkManifest({ ...manifest, ...change }).length > 0, name)
})

t.test('options are few, known to the settings, and explained in every language', async (t) => {
  const schema = manifest['schema'] as Record<string, string>
  for (const [name, rule] of Object.entries(schema)) {
    const row = SETTINGS.find((one) => one.name === name.toUpperCase())
    t.ok(row, `${name} is a setting`)
    if (row?.allowed !== undefined) t.equal(rule.replace(/\?$/, ''), `list(${row.allowed.join('|')})`)
    t.match(read('DOCS.md'), `\`${name}\``, `${name} stands in DOCS.md`)
  }
  t.equal(optionFault('url?', ''), 'not a url', 'an empty address has to be left out')
  const languages = readdirSync(join(ROOT, 'translations'))
  t.same(languages.sort(), ['de.yaml', 'en.yaml', 'es.yaml', 'fr.yaml', 'pt-BR.yaml', 'zh-Hans.yaml'])
  for (const file of languages) {
    const words = yaml(`translations/${file}`) as {
      configuration: Record<string, { name: string; description: string }>
      network: Record<string, string>
    }
    t.same(Object.keys(words.configuration), Object.keys(schema), `${file} explains every option`)
    t.same(Object.keys(words.network), Object.keys(manifest['ports'] as object))
    for (const one of Object.values(words.configuration)) t.ok(one.name !== '' && one.description !== '')
  }
})

t.test('the security rating is the best there is', async (t) => {
  t.equal(securityRating(manifest, existsSync(join(ROOT, 'apparmor.txt'))), 8)
  t.equal(securityRating(manifest, false), 7)
  t.equal(securityRating({ ...manifest, full_access: true }, true), 1)
})

t.test('there is exactly one manifest in the tree', async (t) => {
  const manifests = walk(ROOT).filter((path) => /(^|\/)config\.[^/]*(json|ya?ml)$/.test(path))
  t.same(manifests, ['config.yaml'])
})

t.test('version and address are the same everywhere', async (t) => {
  t.equal(manifest['version'], version)
  t.equal(manifest['url'], homepage)
  t.match(yaml('repository.yaml'), { name: 'duplistatus', url: homepage })
  t.match(read('CHANGELOG.md'), new RegExp(`^# Changelog\n\n## ${version.replaceAll('.', '\\.')}\n`))
  t.match(read('Dockerfile'), `org.opencontainers.image.url="${homepage}"`)
  t.match(read('DOCS.md'), `?repository_url=${encodeURIComponent(homepage)})`)
})

t.test('the pictures have the right size and are see-through', async (t) => {
  for (const [file, width, height] of [
    ['icon.png', 128, 128],
    ['logo.png', 250, 100],
  ] as const) {
    const png = readFileSync(join(ROOT, file))
    t.equal(png.subarray(1, 4).toString(), 'PNG')
    t.equal(png.readUInt32BE(16), width)
    t.equal(png.readUInt32BE(20), height)
    t.equal(png[25], 6, `${file} has an alpha channel`)
    t.ok(existsSync(join(ROOT, 'addon/images', file.replace('png', 'svg'))), 'its source is kept')
  }
})

t.test('the AppArmor profile is one profile', async (t) => {
  const profile = read('apparmor.txt')
  t.equal(profile.split('\n').filter((line) => line.startsWith('profile ')).length, 1)
  t.match(profile, /^profile duplistatus /m)
  for (const path of ['/usr/local/bin/node ix', 'sbin/{tini,docker-init} ix', '/data/** rwkl', '/app/** mr'])
    t.match(profile, path)
})

t.test(
  'the AppArmor parser takes the profile',
  { skip: existsSync('/usr/sbin/apparmor_parser') ? false : 'left out: apparmor_parser is not installed' },
  async (t) => {
    t.doesNotThrow(() =>
      execFileSync('/usr/sbin/apparmor_parser', ['-Q', '-K', '-T', join(ROOT, 'apparmor.txt')], {
        stdio: 'pipe',
      }),
    )
  },
)

t.test('the Dockerfile copies what is there, and everything that is needed', async (t) => {
  const steps = instructions(read('Dockerfile'))
  const stages = steps.filter((step) => step.verb === 'FROM')
  t.ok(stages.every((step) => /^(node:\d+-alpine|runtime) AS [a-z]+$/.test(step.rest)))
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  const image = Number(/node:(\d+)/.exec(stages[0]?.rest ?? '')?.[1])
  t.ok(image >= Number(/\d+/.exec(engines.node)?.[0]), 'the image runs a version of Node that is supported')
  t.equal(stages.at(-1)?.stage, 'addon', 'Home Assistant builds the last stage')
  const ignore = read('.dockerignore')
  for (const step of steps.filter((one) => one.verb === 'COPY' && one.from === null)) {
    for (const source of step.sources) {
      t.ok(existsSync(join(ROOT, source)), `${source} is there`)
      t.notOk(isIgnored(ignore, source), `${source} is in the context`)
    }
  }
  for (const secret of ['.git', 'data', 'tests', 'node_modules', '.env'])
    t.ok(isIgnored(ignore, secret), secret)
  t.same([...builtTree(steps).keys()].sort(), ['LICENSE', 'dist', 'node_modules', 'package.json', 'views'])
  const { addon = [], container = [], runtime = [] } = byStage(steps)
  t.ok(container.includes('USER node'), 'the plain container runs as an ordinary user')
  t.notOk(addon.some((line) => line.startsWith('USER')))
  t.ok(runtime.some((line) => line.startsWith('HEALTHCHECK') && line.includes('/healthz')))
  t.ok(runtime.includes('ENTRYPOINT ["/sbin/tini", "--"]'))
  t.ok(runtime.some((line) => /^CMD \["node", .*"dist\/main\.js"\]$/.test(line)))
  t.notMatch(read('Dockerfile'), /--omit=dev(?! --omit=optional)/)
})

t.test('Compose files and workflows can be read', async (t) => {
  const compose = yaml('docker-compose.yml') as {
    services: Record<string, { ports: string[]; build: { target: string } }>
  }
  t.same(compose.services['duplistatus']?.ports, ['9666:9666'])
  t.equal(compose.services['duplistatus']?.build.target, 'container')
  const workflow = yaml('.github/workflows/release.yml') as { jobs: Record<string, object> }
  t.same(Object.keys(workflow.jobs), ['versions', 'image', 'list'])
})

t.test('blueprints use their inputs, our events and our entities', async (t) => {
  const entities = suggestedEntities()
  const folder = 'addon/blueprints/automation'
  for (const file of readdirSync(join(ROOT, folder))) {
    const { blueprint, ...automation } = yaml(`${folder}/${file}`) as {
      blueprint: { domain: string; input: Record<string, { default?: unknown }>; source_url: string }
    }
    t.equal(blueprint.domain, 'automation')
    t.equal(blueprint.source_url, `${homepage}/${folder}/${file}`)
    const used = [...JSON.stringify(automation).matchAll(/\{"input":"(\w+)"\}/g)].map((match) => match[1])
    t.same([...new Set(used)].sort(), Object.keys(blueprint.input).sort(), `${file} uses what it asks for`)
    for (const { default: given } of Object.values(blueprint.input)) {
      if (typeof given === 'string' && given.includes('.')) t.ok(entities.has(given), `${given} exists`)
    }
    t.match(automation, { triggers: Array, actions: Array })
  }
  const { blueprint } = yaml(`${folder}/tell-me.yaml`) as {
    blueprint: { input: { types: { selector: { select: { options: { value: string }[] } } } } }
  }
  for (const { value } of blueprint.input.types.selector.select.options)
    t.ok(EVENT_TYPES.includes(value as never), value)
})

t.test('blueprints read what is known where they stand, and attributes that are sent', async (t) => {
  const folder = 'addon/blueprints/automation'
  const sent = new Set(Object.keys(JSON.parse(anEvent()) as object))
  for (const file of readdirSync(join(ROOT, folder))) {
    const { variables, triggers, conditions } = yaml(`${folder}/${file}`)
    const early = JSON.stringify([variables, triggers, conditions])
    t.notMatch(early, /\bcontext\b/, `${file}: only actions know their context`)
    for (const [, name = ''] of read(`${folder}/${file}`).matchAll(/to_state\.attributes\.(\w+)/g))
      t.ok(sent.has(name), `${file}: ${name}`)
  }
  const view = read('addon/dashboard/backups.yaml')
  const [, attributes = '{}'] = [...everyTopic()].find(([topic]) => topic.endsWith('/attributes')) ?? []
  const known = new Set(Object.keys(JSON.parse(attributes) as object))
  const shown = [...view.matchAll(/(?:job\.attributes\.|')attributes\.(\w+)|job\.attributes\.(\w+)/g)]
  t.ok(shown.length > 3)
  for (const [, one, other] of shown) t.ok(known.has(one ?? other ?? ''), `the view: ${one ?? other}`)
  t.notMatch(view, 'device_id(', 'jobs may share the device of their server')
})

t.test('the dashboard view and the docs name entities that exist', async (t) => {
  const entities = suggestedEntities()
  for (const file of ['addon/dashboard/backups.yaml', 'DOCS.md']) {
    const named = [...read(file).matchAll(/\b(?:sensor|binary_sensor|event|button)\.duplistatus_\w+/g)].map(
      ([id]) => id,
    )
    t.ok(named.length > 3)
    for (const id of named) t.ok(entities.has(id), `${file}: ${id}`)
  }
  t.match(yaml('addon/dashboard/backups.yaml'), { type: 'sections', sections: Array })
})

t.test('docs/mqtt.md names every entity, every key of a state and every topic', async (t) => {
  const page = read('docs/mqtt.md')
  for (const [topic, payload] of everyTopic()) {
    if (payload === 'online' || payload === 'offline') continue
    const document = JSON.parse(payload) as { cmps?: Record<string, unknown> }
    for (const key of Object.keys(document.cmps ?? document))
      t.match(page, new RegExp(`[\`"]${key}[\`"]`), `${topic}: ${key}`)
  }
  for (const type of EVENT_TYPES) t.match(page, `\`${type}\``, type)
  for (const row of SETTINGS.filter((one) => one.name.startsWith('MQTT_'))) t.match(page, row.name)
})

function everyTopic(): Map<string, string> {
  return wantedTopics({
    state: stateWith({ servers: [fullServer()], jobs: [fullJob()] }),
    judge: () => 'ok',
    say: (text) => text.key,
    presence,
  })
}

/** What an event says of a run. */
function anEvent(): string {
  const before = stateWith({ servers: [fullServer()], jobs: [fullJob()] })
  const lastRun = aRun({ no: 8, at: '2026-11-22T03:00:00.000Z', received: '2026-11-22T03:10:00.000Z' })
  const after = stateWith({
    servers: [fullServer()],
    jobs: [fullJob({ status: { ...fullJob().status, lastRun } })],
  })
  return announcements(before, after, presence, (text) => text.key)[0]?.payload ?? ''
}

function suggestedEntities(): Set<string> {
  return new Set(
    [...[...everyTopic().values()].join('').matchAll(/"def_ent_id":"([^"]+)"/g)].map(([, id]) => id ?? ''),
  )
}

function byStage(steps: ReturnType<typeof instructions>): Record<string, string[]> {
  const stages: Record<string, string[]> = {}
  for (const { stage, verb, rest } of steps) stages[stage] = [...(stages[stage] ?? []), `${verb} ${rest}`]
  return stages
}

/** Every file of the tree but those of tools and what is made. */
function walk(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return /^(\..*|node_modules|dist|data)$/.test(entry.name) ? [] : walk(path)
    return [relative(ROOT, path)]
  })
}
