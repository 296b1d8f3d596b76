import { changeMonitoring } from '../actions/change-monitoring.ts'
import { muteWarnings } from '../actions/mute-warnings.ts'
import { tendIncidents } from '../actions/tend-incidents.ts'
import type { Text } from '../domain/text.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { badAddress, badTopic } from '../notify/check-setting.ts'
import type { Store } from '../store/store-shape.ts'
import type { Actions } from '../web/house.ts'

/** What people change about watching, and what they do about incidents. */
export function watching(house: {
  store: Store
  clock: Clock
  audit: Actions['audit']
  changed(why: string): void
  wakeNotices(): void
}): Pick<Actions, 'monitoring' | 'incidents' | 'warnings'> {
  const { store, clock, audit, changed, wakeNotices } = house
  const known = { clock, state: store.state, change: store.change, audit, changed, wakeNotices }
  return {
    incidents: tendIncidents(known),
    warnings: muteWarnings(known),
    monitoring: {
      ...changeMonitoring(known),
      addressFault: (value) => said(badAddress(value), value),
      topicFault: (value) => said(badTopic(value), value),
    },
  }
}

function said(key: string | null, value: string): Text | null {
  return key === null ? null : text(key, { value: value.slice(0, 100) })
}
