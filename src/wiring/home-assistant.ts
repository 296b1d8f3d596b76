import type { AuditLine } from '../actions/actor.ts'
import { acknowledge, snooze } from '../domain/incident-actions.ts'
import type { State } from '../domain/state.ts'
import type { Text } from '../domain/text.ts'
import type { Supervisor } from '../home-assistant/supervisor.ts'
import { createSupervisor } from '../home-assistant/supervisor.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { HOMEPAGE, VERSION } from '../kit/package-facts.ts'
import { brokerFrom, prefixFrom } from '../mqtt/broker.ts'
import type { MqttCommand } from '../mqtt/command.ts'
import { discoveryPrefix } from '../mqtt/presence.ts'
import { createPublisher } from '../mqtt/publisher.ts'
import { readMqttField } from '../mqtt/setting-fields.ts'
import type { Remembered } from '../mqtt/standing.ts'
import type { Settings } from '../settings/read.ts'
import type { Store } from '../store/store-shape.ts'
import type { HomeAssistantDesk } from '../web/channel-desks.ts'

export interface HomeAssistantNeeds {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly settings: Settings
  secret(name: string): string | null
  say(text: Text): string
  audit(line: AuditLine): Promise<void>
  /** Pages and topics show something else now. */
  onChanged(why: string): void
  /** Starts a job or collects, on behalf of somebody at the broker. */
  run(jobId: string): Promise<unknown>
  collectAll(): Promise<unknown>
}

const REMEMBERED = 'mqtt'
const SNOOZE_MS = 86_400_000

/** The Supervisor, as an add-on only. */
export function supervisorOf(settings: Settings, clock: Clock): Supervisor | null {
  if (settings.supervisorToken === '') return null
  return createSupervisor({ url: settings.supervisorUrl, token: settings.supervisorToken, clock })
}

/** What pages ask Home Assistant. */
export function homeAssistantDesk(supervisor: Supervisor | null, port: number): HomeAssistantDesk {
  return {
    isAddOn: supervisor !== null,
    async notifyTargets() {
      if (supervisor === null) return []
      const targets = await supervisor.notifyTargets(AbortSignal.timeout(TARGETS_MS))
      return targets.map((target) => target.name)
    },
    reach: async () =>
      (await supervisor?.reach(port, AbortSignal.timeout(REACH_MS)).catch(() => null)) ?? null,
  }
}

const TARGETS_MS = 5000
/** A page waits for it. */
const REACH_MS = 2000

/** MQTT: where the broker is, who we are there, and what people at the broker may ask for. */
export function mqtt(needs: HomeAssistantNeeds, supervisor: Supervisor | null) {
  const { store, settings } = needs
  const sources = async () => ({
    locked: settings.locked,
    lockedPassword: settings.mqttPassword,
    settings: store.state().settings,
    password: needs.secret('mqtt.password') ?? '',
    key: needs.secret('mqtt.key') ?? '',
    offered: settings.locked['mqtt.url'] ? null : await offeredBroker(supervisor, store.state().settings),
  })
  const publisher = createPublisher({
    state: store.state,
    say: needs.say,
    log: needs.log,
    now: needs.clock.now,
    broker: async () => brokerFrom(await sources()),
    async presence() {
      const stored = store.state().settings
      return {
        instance: store.state().instance,
        prefix: prefixFrom({ locked: settings.locked, settings: stored }),
        discovery: discoveryPrefix(
          String(settings.locked['mqtt.discovery'] ?? stored['mqtt.discovery'] ?? 'homeassistant'),
        ),
        devices: stored['mqtt.devices'] === 'servers' ? 'servers' : 'jobs',
        version: VERSION,
        homepage: HOMEPAGE,
        page: await pageOf(supervisor, settings.publicUrl),
      }
    },
    act: (command) => act(needs, command),
    remembered: {
      read: () => (store.state().features[REMEMBERED] as Remembered | undefined) ?? null,
      async write(remembered) {
        await store.change((state) => ({
          ...state,
          features: { ...state.features, [REMEMBERED]: remembered },
        }))
      },
    },
  })
  return { ...publisher, readField: readMqttField }
}

/** Not asked where its answer would not count. What it throws is shown as the reason that there is no broker. */
async function offeredBroker(supervisor: Supervisor | null, given: Readonly<Record<string, unknown>>) {
  const isOurs = given['mqtt.source'] === 'off' || (given['mqtt.source'] === 'own' && given['mqtt.url'])
  return supervisor === null || isOurs ? null : await supervisor.broker()
}

async function pageOf(supervisor: Supervisor | null, publicUrl: string): Promise<string | null> {
  if (supervisor === null) return publicUrl === '' ? null : publicUrl
  const slug = await supervisor.slug().catch(() => null)
  return slug === null ? null : `homeassistant://app/${slug}`
}

async function act(needs: HomeAssistantNeeds, command: MqttCommand): Promise<void> {
  if (command.kind === 'collect') await needs.collectAll()
  else if (command.kind === 'run') await needs.run(command.jobId)
  else {
    const { jobId, kind } = command
    // Whoever writes to the broker may say this as often as they like; only what does something is written down.
    if (openOf(needs.store.state(), jobId).length === 0) return
    await needs.audit({
      action: `incident.${kind}`,
      who: 'MQTT',
      from: 'broker',
      result: 'done',
      target: jobId,
    })
    await needs.store.change((state) =>
      openOf(state, jobId).reduce((next, id) => deed(next, id, kind, needs.clock.now()), state),
    )
    needs.onChanged('incident')
  }
}

function deed(state: State, incidentId: string, kind: 'acknowledge' | 'snooze', now: Date): State {
  if (kind === 'acknowledge') return acknowledge(state, incidentId, 'MQTT', now)
  return snooze(state, incidentId, new Date(now.getTime() + SNOOZE_MS))
}

function openOf(state: State, jobId: string): string[] {
  return Object.values(state.incidents)
    .filter((incident) => incident.jobId === jobId || incident.jobIds.includes(jobId))
    .map((incident) => incident.id)
}
