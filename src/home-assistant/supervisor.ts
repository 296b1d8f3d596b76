import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { createRanks } from './ranks.ts'
import { createSupervisorRequest, dataOf, type SupervisorAccess } from './supervisor-request.ts'

/** Home Assistant, as an add-on sees it. Everything throws a `Failure` where it does not answer. */
export interface Supervisor {
  /** Broker with credentials made for us; null where there is none. Ask anew before each use: they change. */
  broker(): Promise<ServiceBroker | null>
  /** Full slug of this add-on (`abcdef12_duplistatus`), for links of the form `/app/<slug>`. */
  slug(): Promise<string>
  /** Where other machines reach a port of this container. */
  reach(port: number, signal?: AbortSignal): Promise<Reach>
  /** Rank of a user of Home Assistant; `viewer` for whoever we cannot judge. Never throws. */
  rank(userId: string): Promise<'administrator' | 'viewer'>
  /** Calls a service of Home Assistant, such as `persistent_notification/create`. */
  callService(service: string, data: object, signal?: AbortSignal): Promise<void>
  /** Names of what messages can be sent to: `notify.mobile_app_phone`, `notify.family`. */
  notifyTargets(signal?: AbortSignal): Promise<readonly NotifyTarget[]>
  /** What a name stands for now, null where it is gone. Does not ask for everything Home Assistant knows. */
  notifyTarget(name: string, signal?: AbortSignal): Promise<NotifyTarget | null>
}

export interface ServiceBroker {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly username: string
  readonly password: string
}

export interface Reach {
  /** The port outside that leads to ours; null where it is closed in the add-on's network settings. */
  readonly port: number | null
  /** What the machine is called in its network: `homeassistant.local`. */
  readonly host: string
}

/** `service`: called by its own name; `entity`: through `notify.send_message`. */
export interface NotifyTarget {
  readonly name: string
  readonly kind: 'service' | 'entity'
}

const SERVICE = /^[a-z0-9_]+\/[a-z0-9_]+$/
/** Services of the domain `notify` that are no target themselves. */
const NO_TARGETS = ['notify', 'persistent_notification', 'send_message']

export function createSupervisor(options: SupervisorAccess & { readonly clock: Clock }): Supervisor {
  const request = createSupervisorRequest(options)
  let slug: string | null = null
  return {
    async broker() {
      const answer = await request('GET', '/services/mqtt')
      // "Service not enabled": no broker is installed, or it has not told of itself yet.
      if (answer.status === 400) return null
      return brokerOf(dataOf(answer))
    },
    async slug() {
      slug ??= slugOf(dataOf(await request('GET', '/addons/self/info')))
      return slug
    },
    async reach(port, signal) {
      const given = signal === undefined ? {} : { signal }
      const { network } = fields(dataOf(await request('GET', '/addons/self/info', given)))
      const { hostname } = fields(dataOf(await request('GET', '/info', given)))
      const open = network === undefined ? port : Number(fields(network)[`${port}/tcp`] ?? 0)
      const host =
        typeof hostname === 'string' && /^[A-Za-z0-9-]{1,63}$/.test(hostname) ? hostname : 'homeassistant'
      return { port: Number.isInteger(open) && open > 0 ? open : null, host: `${host}.local` }
    },
    rank: createRanks(options),
    async callService(service, data, signal) {
      if (!SERVICE.test(service)) throw new Failure('invalid', text('supervisor.service.wrong', { service }))
      const path = `/core/api/services/${service}`
      dataOf(await request('POST', path, { body: data, ...(signal === undefined ? {} : { signal }) }))
    },
    async notifyTargets(signal) {
      const given = signal === undefined ? {} : { signal }
      const services = dataOf(await request('GET', '/core/api/services', given))
      const states = dataOf(await request('GET', '/core/api/states', given))
      return [...entitiesOf(states), ...servicesOf(services)]
    },
    async notifyTarget(name, signal) {
      const given = signal === undefined ? {} : { signal }
      const entity = await request('GET', `/core/api/states/${encodeURIComponent(name)}`, given)
      if (entity.status !== 404) {
        dataOf(entity)
        return { name, kind: 'entity' }
      }
      const services = dataOf(await request('GET', '/core/api/services', given))
      return servicesOf(services).find((target) => target.name === name) ?? null
    },
  }
}

/** The port is a number in the code and a text in its documentation: both are taken. */
function brokerOf(data: unknown): ServiceBroker {
  const { host, port, ssl, username, password } = fields(data)
  const number = Number(port)
  if (typeof host !== 'string' || host === '' || !Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new Failure('unavailable', text('supervisor.broker.unreadable'))
  }
  return {
    host,
    port: number,
    tls: ssl === true,
    username: String(username ?? ''),
    password: String(password ?? ''),
  }
}

function slugOf(data: unknown): string {
  const { slug } = fields(data)
  if (typeof slug === 'string' && /^[-_.A-Za-z0-9]+$/.test(slug)) return slug
  throw new Failure('unavailable', text('supervisor.busy', { status: 200 }))
}

function entitiesOf(states: unknown): readonly NotifyTarget[] {
  return list(states)
    .map((one) => String(one['entity_id'] ?? ''))
    .filter((id) => /^notify\.[a-z0-9_]+$/.test(id))
    .map((name) => ({ name, kind: 'entity' }))
}

function servicesOf(services: unknown): readonly NotifyTarget[] {
  const domain = list(services).find((one) => one['domain'] === 'notify')
  return Object.keys((domain?.['services'] ?? {}) as object)
    .filter((name) => /^[a-z0-9_]+$/.test(name) && !NO_TARGETS.includes(name))
    .map((name) => ({ name: `notify.${name}`, kind: 'service' }))
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : []
}
