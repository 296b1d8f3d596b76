import type { Trial } from '../../channel-desks.ts'
import type { House } from '../../house.ts'
import type { Visit } from '../../visit.ts'

/** The last message of a channel that arrived, or failed for good; null for none. */
export interface LastDelivered {
  readonly at: string
  readonly title: string
  readonly outcome: 'delivered' | 'failed'
  readonly error: string
}

export async function lastDelivered(
  house: House,
  visit: Visit,
  channel: string,
): Promise<LastDelivered | null> {
  const { entries } = await house.store
    .journal('notices')
    .read({ limit: 1, filter: (entry) => entry['channel'] === channel })
  const [entry] = entries
  if (entry === undefined) return null
  const error = entry['error'] as Trial['failure'] | undefined
  return {
    at: entry.at,
    title: String(entry['title'] ?? ''),
    outcome: entry['outcome'] === 'failed' ? 'failed' : 'delivered',
    error: error == null ? '' : visit.words.say(error),
  }
}

/** What came of the last test, in words. */
export function lastTrial(house: House, visit: Visit, channel: string) {
  const trial = house.trials.get(channel)
  if (trial === undefined) return null
  const { words } = visit
  return {
    at: trial.at,
    by: trial.by,
    isGood: trial.failure === null,
    sentence: words.say(trial.failure ?? `channel.trial.good.${channel}`),
    step: trial.step === null ? '' : words.say(`notify.email.step.${trial.step}`),
    lines: trial.lines,
  }
}

/** What a channel still needs before it can send, in words; '' for nothing, and where it is switched off. */
export function lacking(house: House, visit: Visit, channel: string): string {
  if (house.store.state().settings[`notices.${channel}.enabled`] !== true) return ''
  const lacks = house.notices.channels.find((one) => one.name === channel)?.ready() ?? null
  return lacks === null ? '' : visit.words.say(lacks)
}
