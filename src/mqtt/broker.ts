import { topicPrefix } from './presence.ts'

/** How to reach a broker. `ca`, `certificate` and `key` are PEM texts, '' for none. */
export interface Broker {
  /** `mqtt`, `mqtts`, `ws` or `wss`, without user and password. */
  readonly url: string
  readonly username: string
  readonly password: string
  readonly ca: string
  readonly certificate: string
  readonly key: string
  /** Whether the broker's certificate must be good. */
  readonly verify: boolean
  /** MQTT 3.1.1 or 5. */
  readonly protocol: 4 | 5
  readonly from: 'environment' | 'home-assistant' | 'settings'
}

/** What Home Assistant's Supervisor says of its broker. */
export interface OfferedBroker {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly username: string
  readonly password: string
}

export interface BrokerSources {
  /** Values the environment gives, by setting name (`mqtt.url`, ...); they win one by one. */
  readonly locked: Readonly<Record<string, unknown>>
  readonly lockedPassword: string
  /** Values of the settings page, by the same names. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly password: string
  /** Private key of the client certificate. */
  readonly key: string
  readonly offered: OfferedBroker | null
}

/**
 * The broker to use, null for none. The environment comes first, then Home Assistant's own broker, then the
 * settings page; `mqtt.source` = `own` puts the page before Home Assistant, `off` uses neither.
 */
export function brokerFrom(sources: BrokerSources): Broker | null {
  const source = words(sources, 'mqtt.source')
  const locked = text(sources.locked['mqtt.url'])
  if (locked !== '') return addressed(sources, locked, 'environment')
  if (source === 'off') return null
  const own = text(sources.settings['mqtt.url'])
  if (sources.offered !== null && (source !== 'own' || own === '')) return offered(sources, sources.offered)
  return own === '' ? null : addressed(sources, own, 'settings')
}

/** Whether this is an address of a broker: a scheme of MQTT and a host. */
export function isBrokerUrl(raw: string): boolean {
  return /^(mqtts?|wss?):\/\/[^/]/i.test(raw) && URL.canParse(raw)
}

/** The address as it may be shown and logged. */
export function shownAddress(broker: Pick<Broker, 'url'>): string {
  return broker.url.replace(/\/\/[^/@]*@/, '//')
}

/** The first part of topics from the settings, safe in every case. */
export function prefixFrom(sources: Pick<BrokerSources, 'locked' | 'settings'>): string {
  return topicPrefix(words(sources, 'mqtt.prefix')) ?? 'duplistatus'
}

function addressed(sources: BrokerSources, raw: string, from: Broker['from']): Broker | null {
  if (!isBrokerUrl(raw)) return null
  const url = new URL(raw)
  const username = words(sources, 'mqtt.username') || decodeURIComponent(url.username)
  const password = sources.lockedPassword || sources.password || decodeURIComponent(url.password)
  return { ...common(sources), url: raw.replace(/\/\/[^/@]*@/, '//'), username, password, from }
}

function offered(sources: BrokerSources, offer: OfferedBroker): Broker {
  const host = offer.host.includes(':') ? `[${offer.host}]` : offer.host
  return {
    ...common(sources),
    url: `${offer.tls ? 'mqtts' : 'mqtt'}://${host}:${offer.port}`,
    username: offer.username,
    password: offer.password,
    from: 'home-assistant',
  }
}

function common(sources: BrokerSources): Omit<Broker, 'url' | 'username' | 'password' | 'from'> {
  return {
    ca: words(sources, 'mqtt.ca'),
    certificate: words(sources, 'mqtt.certificate'),
    key: sources.key,
    verify: sources.settings['mqtt.verify'] !== false,
    protocol: words(sources, 'mqtt.version') === '5' ? 5 : 4,
  }
}

function words(sources: Pick<BrokerSources, 'locked' | 'settings'>, name: string): string {
  return text(sources.locked[name]) || text(sources.settings[name])
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}
