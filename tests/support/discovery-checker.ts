import { readFileSync } from 'node:fs'

/** What is wrong with a device document, and how far it reaches. */
export interface Finding {
  readonly scope: 'document' | 'entity' | 'dropped' | 'warning'
  readonly where: string
  readonly what: string
}

type Fields = Record<string, unknown>

const names = JSON.parse(
  readFileSync(new URL('../fixtures/ha-mqtt-abbreviations.json', import.meta.url), 'utf8'),
) as {
  abbreviations: Record<string, string>
  device: Record<string, string>
  origin: Record<string, string>
}

const ROOT =
  words(`device origin components availability availability_topic availability_mode availability_template
  payload_available payload_not_available state_topic command_topic qos encoding message_expiry_interval`)
const DEVICE =
  words(`identifiers connections manufacturer model model_id name hw_version serial_number sw_version
  via_device suggested_area configuration_url`)
const ORIGIN = words('name sw_version support_url')
const COMMON =
  words(`platform unique_id name default_entity_id device_class entity_category enabled_by_default icon
  entity_picture visible_by_default availability availability_topic availability_mode availability_template
  payload_available payload_not_available json_attributes_topic json_attributes_template qos encoding
  message_expiry_interval`)
const READ = words('state_topic value_template expire_after')
const PLATFORMS: Readonly<Record<string, ReadonlySet<string>>> = {
  sensor: words('state_class unit_of_measurement suggested_display_precision options force_update', READ),
  binary_sensor: words('payload_on payload_off off_delay force_update', READ),
  button: words('command_topic command_template payload_press retain'),
  event: words('state_topic value_template event_types'),
  update: words(`state_topic value_template latest_version_topic latest_version_template title release_summary
    release_url command_topic payload_install`),
}
/** Device classes of each platform, as far as this product uses them. */
const CLASSES: Readonly<Record<string, ReadonlySet<string>>> = {
  sensor: words('timestamp date duration data_size data_rate enum uptime'),
  binary_sensor: words('problem connectivity running update'),
  button: words('restart update identify'),
  event: words('button doorbell motion'),
  update: words('firmware'),
}
const UNITS: Readonly<Record<string, ReadonlySet<string>>> = {
  duration: words('d h min ms s μs'),
  data_size: words('bit kbit Mbit Gbit B kB MB GB TB PB KiB MiB GiB TiB PiB'),
  data_rate: words('B/s kB/s MB/s GB/s KiB/s MiB/s GiB/s'),
}
const STATE_CLASSES: Readonly<Record<string, ReadonlySet<string>>> = {
  duration: words('measurement total total_increasing'),
  data_size: words('measurement total total_increasing'),
}
const NOT_NUMBERS = words('timestamp date enum uptime')
const ID = /^[a-zA-Z0-9_-]+$/

/**
 * Judges a device document by Home Assistant's rules (reference: 4.1 to 4.5). No findings means that every entity
 * would be made as it is written.
 */
export function checkDocument(topic: string, payload: string, prefix = 'homeassistant'): Finding[] {
  const findings: Finding[] = []
  const say = (scope: Finding['scope'], where: string, what: string) => findings.push({ scope, where, what })
  const ids = topic.startsWith(`${prefix}/device/`) ? topic.slice(prefix.length + 8).split('/') : []
  if (
    ids.length < 2 ||
    ids.length > 3 ||
    ids.at(-1) !== 'config' ||
    !ids.slice(0, -1).every((id) => ID.test(id))
  ) {
    say('document', 'topic', `not a device topic: ${topic}`)
  }
  if (payload === '') return findings
  const raw = parse(payload)
  if (raw === null) return [...findings, { scope: 'document', where: 'payload', what: 'not a JSON object' }]
  const root = lengthen(raw, names.abbreviations)
  for (const key of Object.keys(root)) if (!ROOT.has(key)) say('document', 'root', `unknown key ${key}`)
  checkDevice(root['device'], say)
  checkOrigin(root['origin'], say)
  if (root['availability'] !== undefined && root['availability_topic'] !== undefined) {
    say('document', 'root', 'availability and availability_topic exclude one another')
  }
  const components = root['components']
  if (!isObject(components) || Object.keys(components).length === 0) {
    say('document', 'root', 'components are missing')
    return findings
  }
  const uniqueIds = new Set<string>()
  let nameless = 0
  for (const [key, value] of Object.entries(components)) {
    if (/\s/.test(key)) say('document', key, 'a component key must not contain spaces')
    if (!isObject(value)) {
      say('document', key, 'not an object')
      continue
    }
    const entity = lengthen(value, names.abbreviations)
    if (Object.keys(entity).length === 1 && typeof entity['platform'] === 'string') continue
    if (entity['name'] === null) nameless += 1
    checkEntity(key, { ...inherited(root), ...entity }, entity, uniqueIds, say)
  }
  if (nameless > 1) say('warning', 'root', 'more than one entity is named as the device')
  return findings
}

type Say = (scope: Finding['scope'], where: string, what: string) => void

function checkDevice(value: unknown, say: Say): void {
  if (!isObject(value)) return void say('document', 'device', 'missing')
  const device = lengthen(value, names.device)
  for (const [key, one] of Object.entries(device)) {
    if (!DEVICE.has(key)) say('document', 'device', `unknown key ${key}`)
    if (one === null) say('document', 'device', `${key} is null`)
  }
  const ids = device['identifiers'] ?? device['connections']
  if (ids === undefined || (Array.isArray(ids) && ids.length === 0))
    say('document', 'device', 'no identifiers')
  if (typeof device['name'] !== 'string' || device['name'].trim() === '') say('document', 'device', 'no name')
  const url = device['configuration_url']
  if (url !== undefined && !/^(https?|homeassistant):\/\/\S+$/.test(String(url))) {
    say('document', 'device', `configuration_url ${String(url)}`)
  }
}

function checkOrigin(value: unknown, say: Say): void {
  if (!isObject(value)) return void say('document', 'origin', 'missing')
  const origin = lengthen(value, names.origin)
  for (const [key, one] of Object.entries(origin)) {
    if (!ORIGIN.has(key)) say('document', 'origin', `unknown key ${key}`)
    if (one === null) say('document', 'origin', `${key} is null`)
  }
  if (typeof origin['name'] !== 'string') say('document', 'origin', 'no name')
  const url = origin['support_url']
  if (url !== undefined && !/^https?:\/\/\S+$/.test(String(url)))
    say('document', 'origin', `support_url ${String(url)}`)
}

function checkEntity(key: string, entity: Fields, own: Fields, uniqueIds: Set<string>, say: Say): void {
  const platform = String(own['platform'] ?? '')
  const allowed = PLATFORMS[platform]
  if (allowed === undefined) return void say('document', key, `platform ${platform || 'missing'}`)
  if (typeof own['unique_id'] !== 'string') say('document', key, 'no unique_id')
  const unique = `${platform} ${String(own['unique_id'])}`
  if (uniqueIds.has(unique)) say('entity', key, 'unique_id twice on a platform')
  uniqueIds.add(unique)
  for (const name of Object.keys(own)) {
    if (!allowed.has(name) && !COMMON.has(name)) say('dropped', key, `unknown key ${name}`)
  }
  for (const [name, value] of Object.entries(own)) {
    if (value === null && name !== 'name') say('entity', key, `${name} is null`)
  }
  if (
    own['default_entity_id'] !== undefined &&
    !new RegExp(`^${platform}\\.[a-z0-9_]+$`).test(String(own['default_entity_id']))
  ) {
    say('entity', key, `default_entity_id ${String(own['default_entity_id'])}`)
  }
  if (platform === 'button' && typeof entity['command_topic'] !== 'string')
    say('entity', key, 'no command_topic')
  if (platform !== 'button' && typeof entity['state_topic'] !== 'string') say('entity', key, 'no state_topic')
  if (platform === 'event' && (!Array.isArray(own['event_types']) || own['event_types'].length === 0)) {
    say('entity', key, 'no event_types')
  }
  if (/sensor$/.test(platform) && own['entity_category'] === 'config') say('entity', key, 'category config')
  if (
    own['entity_category'] !== undefined &&
    !['config', 'diagnostic'].includes(String(own['entity_category']))
  ) {
    say('entity', key, `category ${String(own['entity_category'])}`)
  }
  for (const topic of topicsOf(entity)) {
    if (topic === '' || /[+#\0]|^\/|\s/.test(topic)) say('entity', key, `topic ${topic}`)
  }
  if (Array.isArray(entity['availability'])) {
    for (const one of entity['availability']) {
      if (!isObject(one) || typeof lengthen(one, names.abbreviations)['topic'] !== 'string') {
        say('entity', key, 'availability entry without topic')
      }
    }
  }
  if (platform === 'sensor') checkSensor(key, own, say)
  const deviceClass = own['device_class']
  if (deviceClass !== undefined && CLASSES[platform]?.has(String(deviceClass)) !== true) {
    say('entity', key, `device_class ${String(deviceClass)}`)
  }
}

function checkSensor(key: string, own: Fields, say: Say): void {
  const deviceClass = own['device_class'] === undefined ? '' : String(own['device_class'])
  const unit = own['unit_of_measurement']
  const stateClass = own['state_class']
  if (deviceClass === 'enum') {
    if (!Array.isArray(own['options']) || own['options'].length === 0)
      say('entity', key, 'enum without options')
  } else if (own['options'] !== undefined) say('entity', key, 'options without enum')
  if (NOT_NUMBERS.has(deviceClass) && (unit !== undefined || stateClass !== undefined)) {
    say('entity', key, `${deviceClass} with a unit or state class`)
  }
  const units = UNITS[deviceClass]
  if (units !== undefined && !units.has(String(unit)))
    say('entity', key, `unit ${String(unit)} for ${deviceClass}`)
  const stateClasses = STATE_CLASSES[deviceClass]
  if (stateClass !== undefined && stateClasses !== undefined && !stateClasses.has(String(stateClass))) {
    say('warning', key, `state class ${String(stateClass)} for ${deviceClass}`)
  }
  if (
    stateClass !== undefined &&
    !['measurement', 'total', 'total_increasing'].includes(String(stateClass))
  ) {
    say('entity', key, `state class ${String(stateClass)}`)
  }
}

function topicsOf(entity: Fields): string[] {
  const own = Object.entries(entity).flatMap(([key, value]) =>
    key.endsWith('_topic') ? [String(value)] : [],
  )
  const lists = Array.isArray(entity['availability']) ? entity['availability'] : []
  return [
    ...own,
    ...lists.flatMap((one) => (isObject(one) ? [String(lengthen(one, names.abbreviations)['topic'])] : [])),
  ]
}

/** Root keys that components which do not set them get. */
function inherited(root: Fields): Fields {
  const { device: _device, origin: _origin, components: _components, ...rest } = root
  return rest
}

/** The same object with long names. */
export function lengthen(short: Fields, table: Record<string, string> = names.abbreviations): Fields {
  return Object.fromEntries(
    Object.entries(short).map(([key, value]) => [
      Object.hasOwn(table, key) ? (table[key] ?? key) : key,
      value,
    ]),
  )
}

function parse(payload: string): Fields | null {
  try {
    const parsed: unknown = JSON.parse(payload)
    return isObject(parsed) ? parsed : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function words(list: string, more: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  return new Set([...list.split(/\s+/), ...more])
}
