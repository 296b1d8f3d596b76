import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import type { SettingRow } from './table.ts'
import { SETTINGS } from './table.ts'
import {
  parseAddresses,
  parseCertificate,
  parseFlag,
  parsePath,
  parseTopic,
  parseUrl,
  parseZone,
  wholeNumber,
} from './values.ts'

/** What the process is started with. Sizes in bytes, an empty text where nothing is set. */
export interface Settings {
  readonly port: number
  readonly host: string
  readonly dataDir: string
  readonly basePath: string
  readonly publicUrl: string
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  readonly zone: string
  readonly trustProxy: readonly string[]
  readonly ingressPort: number
  readonly ingressPeer: readonly string[]
  readonly supervisorUrl: string
  readonly supervisorToken: string
  readonly adminPassword: string
  readonly mqttPassword: string
  readonly maxBodyBytes: number
  /** Product settings that the environment gives: they win, and their pages show them locked. */
  readonly locked: Readonly<Record<string, unknown>>
}

/**
 * Reads settings: environment, then `NAME_FILE`, then the add-on's options, then the default.
 * Throws a Failure that names the variable, what it holds (never a secret) and what is allowed.
 */
export function readSettings(env: NodeJS.ProcessEnv, optionsFile = '/data/options.json'): Settings {
  const options = readOptions(env, optionsFile)
  const given = new Map<string, unknown>()
  const value = (name: string): unknown => given.get(name)
  const locked: Record<string, unknown> = {}
  for (const row of SETTINGS) {
    const raw = rawValue(row, env, options)
    given.set(row.name, parse(row, raw ?? row.default))
    if (row.key !== undefined && raw !== undefined) locked[row.key] = given.get(row.name)
  }
  const inUrl = takeUser(locked)
  return {
    port: value('PORT') as number,
    host: value('HOST') as string,
    dataDir: value('DATA_DIR') as string,
    basePath: value('BASE_PATH') as string,
    publicUrl: value('PUBLIC_URL') as string,
    logLevel: value('LOG_LEVEL') as Settings['logLevel'],
    zone: value('TZ') as string,
    trustProxy: value('TRUST_PROXY') as string[],
    ingressPort: value('INGRESS_PORT') as number,
    ingressPeer: value('INGRESS_PEER') as string[],
    supervisorUrl: value('SUPERVISOR_URL') as string,
    supervisorToken: value('SUPERVISOR_TOKEN') as string,
    adminPassword: value('ADMIN_PASSWORD') as string,
    mqttPassword: (value('MQTT_PASSWORD') as string) || inUrl,
    maxBodyBytes: (value('MAX_BODY_MB') as number) * 1_000_000,
    locked,
  }
}

/** The add-on's options are lower-case names; only there does the file exist. */
function readOptions(env: NodeJS.ProcessEnv, file: string): Readonly<Record<string, unknown>> {
  if (env['SUPERVISOR_TOKEN'] === undefined) return {}
  const unreadable = (cause?: unknown) =>
    new Failure('invalid', text('settings.options.unreadable', { file }), { cause })
  let options: unknown
  try {
    options = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw unreadable(error)
  }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw unreadable()
  return options as Record<string, unknown>
}

/** Undefined where nobody says anything; an empty variable counts as not set, as Compose files leave them. */
function rawValue(
  row: SettingRow,
  env: NodeJS.ProcessEnv,
  options: Readonly<Record<string, unknown>>,
): string | undefined {
  const direct = env[row.name]
  if (direct !== undefined && direct !== '') return direct
  const file = env[`${row.name}_FILE`]
  if (file !== undefined && file !== '') return readSecretFile(row.name, file)
  const option = Object.hasOwn(options, row.name.toLowerCase()) ? options[row.name.toLowerCase()] : undefined
  return option === undefined || option === null || option === '' ? undefined : String(option)
}

function readSecretFile(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Failure('invalid', text('settings.file.unreadable', { name: `${name}_FILE`, file }), {
      cause: error,
    })
  }
}

function parse(row: SettingRow, raw: string): unknown {
  const refuse = (allowed: string): never => {
    const shown = row.kind === 'secret' ? '***' : withoutUser(raw).slice(0, row.kind === 'pem' ? 30 : 80)
    throw new Failure('invalid', text('settings.value.refused', { name: row.name, value: shown, allowed }), {
      field: row.name,
    })
  }
  switch (row.kind) {
    case 'port':
      return wholeNumber(raw, 0, 65535) ?? refuse('0 ... 65535')
    case 'number': {
      const [low, high] = row.range ?? [0, Number.MAX_SAFE_INTEGER]
      return wholeNumber(raw, low, high) ?? refuse(`${low} ... ${high}`)
    }
    case 'flag':
      return parseFlag(raw) ?? refuse('true, false')
    case 'choice':
      return row.allowed?.includes(raw) ? raw : refuse((row.allowed ?? []).join(', '))
    case 'folder':
      return resolve(raw)
    case 'path':
      return parsePath(raw) ?? refuse('/name')
    case 'url':
      return (
        parseUrl(raw, schemesOf(row)) ??
        refuse(
          schemesOf(row)
            .map((one) => `${one}://host:port`)
            .join(', '),
        )
      )
    case 'zone':
      return parseZone(raw) ?? refuse('Europe/Berlin, America/New_York, UTC ...')
    case 'addresses':
      return parseAddresses(raw) ?? refuse('192.168.1.2, 10.0.0.0/8, fd00::/8')
    case 'topic':
      return parseTopic(raw) ?? refuse('name, name/name')
    case 'pem':
      return parseCertificate(raw) ?? refuse(`-----BEGIN CERTIFICATE----- ..., ${row.name}_FILE`)
    default:
      return raw
  }
}

function schemesOf(row: SettingRow): readonly string[] {
  return row.schemes ?? ['http', 'https']
}

/** Product settings that the environment fixes: key to the variable's name. */
export function lockedNames(settings: Settings): Readonly<Record<string, string>> {
  const rows = SETTINGS.filter((row) => row.key !== undefined && row.key in settings.locked)
  const names = Object.fromEntries(rows.map((row) => [row.key, row.name]))
  return settings.mqttPassword === '' ? names : { ...names, 'mqtt.password': 'MQTT_PASSWORD' }
}

/**
 * Takes user and password out of the broker's address before it is stored: gives the password, and puts the user
 * among the locked settings where none was given on its own.
 */
function takeUser(locked: Record<string, unknown>): string {
  const address = locked['mqtt.url']
  if (typeof address !== 'string' || !URL.canParse(address)) return ''
  const { username, password } = new URL(address)
  locked['mqtt.url'] = withoutUser(address)
  if (username !== '' && !('mqtt.username' in locked)) locked['mqtt.username'] = unescaped(username)
  return unescaped(password)
}

/** An address without user and password; these may hold an `@` of their own. */
function withoutUser(address: string): string {
  return address.replace(/\/\/[^/]*@/, '//')
}

/** A percent sign that escapes nothing is one. */
function unescaped(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
