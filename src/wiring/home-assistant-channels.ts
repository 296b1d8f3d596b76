import type { Events } from '../domain/events.ts'
import { createPanelDelivery, createTargetDelivery, deliverySettings } from '../home-assistant/deliveries.ts'
import { type Standing, standingNotifications } from '../home-assistant/standing-notifications.ts'
import type { Supervisor } from '../home-assistant/supervisor.ts'
import type { Bus } from '../kit/bus.ts'
import type { Log } from '../kit/log.ts'
import type { Store } from '../store/store-shape.ts'

export interface HomeAssistantChannelsNeeds {
  readonly store: Store
  readonly log: Log
  readonly bus: Bus<Events>
  /** null where we do not run as an add-on. */
  readonly supervisor: Supervisor | null
}

/** Under which name `State.features` keeps what stands in Home Assistant. */
const STANDING = 'home-assistant-notifications'

/** Ways to reach people through Home Assistant; `trials` are the same, but send although they are switched off: for tests. */
export function homeAssistantChannels(needs: HomeAssistantChannelsNeeds) {
  const { supervisor, store } = needs
  if (supervisor === null) return { more: [], trials: [] }
  const standing = standingOf(needs, supervisor)
  const settings = () => deliverySettings(store.state().settings)
  const on = () => ({ ...settings(), panel: true, toTargets: true })
  const both = (chosen: typeof settings) => {
    const given = { supervisor, settings: chosen, standing }
    return [createPanelDelivery(given), createTargetDelivery(given)]
  }
  return { more: both(settings), trials: both(on) }
}

/** Looked through after every change, whether or not anybody is told that a problem is over. */
function standingOf({ store, bus, log }: HomeAssistantChannelsNeeds, supervisor: Supervisor) {
  const standing = standingNotifications({
    supervisor,
    read: () => (store.state().features[STANDING] as Standing | undefined) ?? {},
    async change(step) {
      await store.change((state) => {
        const before = (state.features[STANDING] as Standing | undefined) ?? {}
        return { ...state, features: { ...state.features, [STANDING]: step(before) } }
      })
    },
    isOpen: (id) => Object.hasOwn(store.state().incidents, id),
  })
  let last: Promise<void> = Promise.resolve()
  let isWaiting = false
  const look = () => {
    // One look after the present one sees all that happens until it begins, however long Home Assistant is away.
    if (isWaiting) return
    isWaiting = true
    last = last
      .then(() => {
        isWaiting = false
        return standing.sweep()
      })
      .catch((error) =>
        log.warn('A notification could not be taken back; the next change tries again', { error }),
      )
  }
  store.onCommitted(look)
  bus.on('state-changed', look)
  return standing
}
