import { Failure } from '../domain/failure.ts'
import { type Text, text } from '../domain/text.ts'
import { plainMarkdown } from './markdown.ts'
import type { StandingNotifications } from './standing-notifications.ts'
import type { Supervisor } from './supervisor.ts'

/** The part of a notice's message that Home Assistant can show; `notify` makes it. */
export interface Told {
  readonly title: string
  readonly text: string
  readonly mail: { readonly tone: 'good' | 'warning' | 'bad' | 'calm' }
  readonly priority: 1 | 2 | 3 | 4 | 5
  /** Path of the page that tells more, and its address outside Home Assistant, if there is one. */
  readonly path: string
  readonly click: string | null
  readonly thread: { readonly key: string; readonly first: boolean } | null
  readonly incidentIds: readonly string[]
  readonly key: string
}

/** A way to reach people; the same shape as every channel of `notify`. */
export interface Delivery {
  readonly name: string
  ready(): Text | null
  send(message: Told, to: string | null, signal: AbortSignal): Promise<void>
}

export interface DeliveryNeeds {
  /** null where we do not run as an add-on. */
  readonly supervisor: Supervisor | null
  settings(): DeliverySettings
}

export interface DeliverySettings {
  /** Notifications in Home Assistant itself: `notices.home-assistant.enabled`. */
  readonly panel: boolean
  /** Messages to targets: `notices.notify.enabled`, with `notify.targets`. */
  readonly toTargets: boolean
  /** Names such as `notify.mobile_app_phone`. */
  readonly targets: readonly string[]
}

/** Names of the two channels, as in `Notice.channel`. */
export const PANEL = 'home-assistant'
export const TARGETS = 'notify'

/** What people chose in the settings, read with care. */
export function deliverySettings(settings: Readonly<Record<string, unknown>>): DeliverySettings {
  const targets = settings['notify.targets']
  return {
    panel: settings['notices.home-assistant.enabled'] === true,
    toTargets: settings['notices.notify.enabled'] === true,
    targets: (Array.isArray(targets) ? targets : []).map(String).filter(isTarget),
  }
}

export function isTarget(name: string): boolean {
  return /^notify\.[a-z0-9_]{1,100}$/.test(name)
}

/**
 * A notification in Home Assistant for each open problem, or for many at once: replaced while it changes, gone when
 * the last of its problems is over. Messages without a problem (digest, test) stay until dismissed.
 */
export function createPanelDelivery(
  needs: DeliveryNeeds & { readonly standing: StandingNotifications },
): Delivery {
  return {
    name: PANEL,
    ready() {
      if (needs.supervisor === null) return text('delivery.addon-only')
      return needs.settings().panel ? null : text('delivery.panel-off')
    },
    async send(message, _to, signal) {
      const supervisor = present(needs.supervisor)
      const { incidentIds } = message
      if (incidentIds.length > 0 && message.mail.tone === 'good') return needs.standing.sweep(signal)
      const id = notificationId(message)
      const link = await panelPath(supervisor, message)
      const body = `${plainMarkdown(message.text)}${link === null ? '' : `\n\n[duplistatus](${link})`}`
      const notification = { notification_id: id, title: plainMarkdown(message.title), message: body }
      if (incidentIds.length > 0) await needs.standing.add(id, incidentIds)
      await supervisor.callService('persistent_notification/create', notification, signal)
    },
  }
}

/** Messages through Home Assistant's own targets: phones, groups, whatever `notify.*` there is. */
export function createTargetDelivery(needs: DeliveryNeeds): Delivery {
  return {
    name: TARGETS,
    ready() {
      if (needs.supervisor === null) return text('delivery.addon-only')
      const { toTargets, targets } = needs.settings()
      if (!toTargets) return text('delivery.targets-off')
      return targets.length === 0 ? text('delivery.no-targets') : null
    },
    async send(message, to, signal) {
      const supervisor = present(needs.supervisor)
      const wanted = to === null ? needs.settings().targets : [to]
      const link = await panelPath(supervisor, message)
      const failures: unknown[] = []
      for (const name of wanted) {
        const sent = sendTo(supervisor, name, message, link, signal)
        await sent.catch((error) => failures.push(error))
      }
      // A target that got it must not get it again because of another: only when none did is it tried anew.
      if (failures.length > 0 && failures.length === wanted.length) throw failures[0]
    },
  }
}

async function sendTo(
  supervisor: Supervisor,
  name: string,
  message: Told,
  link: string | null,
  signal: AbortSignal,
): Promise<void> {
  const target = await supervisor.notifyTarget(name, signal)
  if (target === null)
    throw new Failure('invalid', text('delivery.target-gone', { target: name.slice(0, 120) }))
  const said = { title: message.title, message: message.text === '' ? message.title : message.text }
  if (target.kind === 'entity') {
    return supervisor.callService('notify/send_message', { entity_id: [target.name], ...said }, signal)
  }
  const service = target.name.replace('.', '/')
  const data = target.name.startsWith('notify.mobile_app_') ? { data: phoneData(message, link) } : {}
  await supervisor.callService(service, { ...said, ...data }, signal)
}

/** The companion app: one notification for each problem, a tap opens the page (`url` iOS, `clickAction` Android). */
function phoneData(message: Told, link: string | null): object {
  return {
    tag: notificationId(message),
    group: 'duplistatus',
    ...(link === null ? {} : { url: link, clickAction: link }),
    ...(message.priority >= 4 ? { ttl: 0, priority: 'high' } : {}),
  }
}

/** A link that opens the page inside Home Assistant; its address outside where the slug cannot be had. */
async function panelPath(supervisor: Supervisor, { path, click }: Told): Promise<string | null> {
  const slug = await supervisor.slug().catch(() => null)
  return slug === null ? click : `/app/${slug}${path === '/' ? '' : path}`
}

function notificationId(message: Told): string {
  const key = message.thread?.key ?? message.key
  return `duplistatus_${key.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 100)}`
}

function present(supervisor: Supervisor | null): Supervisor {
  if (supervisor === null) throw new Failure('invalid', text('delivery.addon-only'))
  return supervisor
}
