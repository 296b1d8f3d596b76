type Manifest = Readonly<Record<string, unknown>>
type Rule = (value: unknown) => boolean

const isText: Rule = (value) => typeof value === 'string'
const isFlag: Rule = (value) => typeof value === 'boolean'
const isTexts: Rule = (value) => Array.isArray(value) && value.every(isText)
const isObject: Rule = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPort: Rule = (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535
const matches =
  (pattern: RegExp): Rule =>
  (value) =>
    typeof value === 'string' && pattern.test(value)
const oneOf =
  (...words: string[]): Rule =>
  (value) =>
    words.includes(value as string)
const ports =
  (value: Rule): Rule =>
  (map) =>
    isObject(map) &&
    Object.entries(map as object).every(([key, one]) => /^\d+\/(tcp|udp)$/.test(key) && value(one))

const REQUIRED = ['name', 'version', 'slug', 'description', 'arch']
/** The keys a manifest may have, as far as this add-on could want them (reference: 1.4). */
const KEYS: Readonly<Record<string, Rule>> = {
  name: isText,
  version: isText,
  slug: matches(/^[-_.A-Za-z0-9]+$/),
  description: isText,
  arch: (value) => isTexts(value) && (value as string[]).every(oneOf('aarch64', 'amd64')),
  url: matches(/^https?:\/\/\S+$/),
  image: matches(/^[a-z0-9.]+\/[a-z0-9._/{}-]+$/),
  startup: oneOf('initialize', 'system', 'services', 'application', 'once'),
  boot: oneOf('auto', 'manual', 'manual_only'),
  init: isFlag,
  stage: oneOf('stable', 'experimental', 'deprecated'),
  homeassistant: matches(/^\d{4}\.\d+\.\d+$/),
  breaking_versions: isTexts,
  ports: ports((value) => value === null || isPort(value)),
  ports_description: ports(isText),
  webui: matches(/^(https?|\[PROTO:\w+\]):\/\/\[HOST\]:\[PORT:\d+\]/),
  ingress: isFlag,
  ingress_port: isPort,
  ingress_entry: matches(/^[^/]/),
  ingress_stream: isFlag,
  panel_icon: matches(/^mdi:[a-z-]+$/),
  panel_title: isText,
  panel_admin: isFlag,
  homeassistant_api: isFlag,
  hassio_api: isFlag,
  hassio_role: oneOf('default', 'homeassistant', 'backup', 'manager', 'admin'),
  auth_api: isFlag,
  services: (value) => isTexts(value) && (value as string[]).every(matches(/^[a-z]+:(provide|want|need)$/)),
  map: (value) => Array.isArray(value),
  backup: oneOf('hot', 'cold'),
  backup_pre: isText,
  backup_post: isText,
  backup_exclude: isTexts,
  options: isObject,
  schema: isObject,
  environment: (value) => isObject(value) && Object.values(value as object).every(isText),
  watchdog: matches(/^(https?|tcp|\[PROTO:\w+\]):\/\/\[HOST\]:(\[PORT:\d+\]|\d+)(\/\S*)?$/),
  timeout: (value) => Number.isInteger(value) && Number(value) >= 10 && Number(value) <= 300,
  tmpfs: isFlag,
  apparmor: isFlag,
  host_network: isFlag,
  full_access: isFlag,
  docker_api: isFlag,
  privileged: isTexts,
}

/** What the Supervisor would refuse, drop or warn of in a manifest; none where all is well. */
export function checkManifest(manifest: Manifest): string[] {
  const faults: string[] = []
  for (const key of REQUIRED) if (manifest[key] === undefined) faults.push(`${key} is missing`)
  for (const [key, value] of Object.entries(manifest)) {
    if (value === undefined) continue
    if (!Object.hasOwn(KEYS, key)) faults.push(`${key} is not known`)
    else if (KEYS[key]?.(value) !== true) faults.push(`${key} is wrong`)
  }
  const cold = manifest['backup'] === 'cold'
  if (cold && (manifest['backup_pre'] ?? manifest['backup_post']) !== undefined)
    faults.push('hooks of a cold backup')
  return [...faults, ...optionFaults(manifest)]
}

function optionFaults(manifest: Manifest): string[] {
  const schema = (manifest['schema'] ?? {}) as Record<string, unknown>
  const options = (manifest['options'] ?? {}) as Record<string, unknown>
  const faults: string[] = []
  for (const name of Object.keys(options))
    if (!Object.hasOwn(schema, name)) faults.push(`option ${name} has no rule`)
  for (const [name, rule] of Object.entries(schema)) {
    if (typeof rule !== 'string') {
      if (options[name] === undefined) faults.push(`option ${name} is a list or group without a default`)
    } else if (!ELEMENT.test(rule)) faults.push(`option ${name}: ${rule} is no rule`)
    else if (options[name] === undefined) {
      if (!rule.endsWith('?')) faults.push(`option ${name} is needed and has no default`)
    } else {
      const fault = optionFault(rule, options[name])
      if (fault !== null) faults.push(`option ${name}: ${fault}`)
    }
  }
  return faults
}

const RANGE = String.raw`(\(-?[\d.]*,-?[\d.]*\))?`
const ELEMENT = new RegExp(
  `^(bool|email|url|port|(str|password|int|float)${RANGE}|match\\(.+\\)|list\\([^)]+\\)|device(\\(.*\\))?)\\??$`,
)

/** Why a value does not keep to an element of the options' grammar; null where it does. */
export function optionFault(rule: string, value: unknown): string | null {
  const plain = rule.replace(/\?$/, '')
  if (value === null) return 'null'
  if (plain.startsWith('list('))
    return plain.slice(5, -1).split('|').includes(String(value)) ? null : 'not in the list'
  if (plain === 'bool') return isFlag(value) ? null : 'not a flag'
  if (plain === 'url') return URL.canParse(String(value)) ? null : 'not a url'
  if (plain === 'port') return isPort(value) ? null : 'not a port'
  return /^(str|password)/.test(plain) && !isText(value) ? 'not a text' : null
}

const DANGEROUS = [
  'NET_ADMIN',
  'NET_RAW',
  'SYS_ADMIN',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'DAC_READ_SEARCH',
]

/** The rating Home Assistant shows, 1 to 8 (reference: 5.1). */
export function securityRating(manifest: Manifest, hasProfile: boolean): number {
  if (manifest['full_access'] === true || manifest['docker_api'] === true) return 1
  const privileged = (manifest['privileged'] ?? []) as string[]
  const points = [
    manifest['ingress'] === true ? 2 : manifest['auth_api'] === true ? 1 : 0,
    manifest['apparmor'] === false ? -1 : hasProfile ? 1 : 0,
    privileged.some((one) => DANGEROUS.includes(one)) ? -1 : 0,
    manifest['hassio_role'] === 'manager' ? -1 : manifest['hassio_role'] === 'admin' ? -2 : 0,
    manifest['host_network'] === true ? -1 : 0,
    manifest['host_pid'] === true ? -2 : 0,
  ]
  return Math.min(
    8,
    Math.max(
      1,
      points.reduce((sum, one) => sum + one, 5),
    ),
  )
}
