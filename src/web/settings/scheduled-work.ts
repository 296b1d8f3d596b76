import type { ChoreName, House } from '../house.ts'
import type { Visit } from '../visit.ts'

/** In the order of the page: what looks after the backups first, what looks after the data last. */
const CHORES: readonly ChoreName[] = [
  'overdue',
  'notices',
  'digest',
  'live',
  'collect',
  'copy',
  'trash',
  'retention',
  'compaction',
]

/** What is done by itself, each with when it was last done and whether it failed. */
export function scheduledWork(house: House, { words, now }: Visit) {
  const outcomes = house.calendar.outcomes()
  return CHORES.map((name) => {
    const outcome = outcomes[name]
    const at = outcome?.finishedAt ?? outcome?.startedAt
    return {
      label: words.say(`care.schedule.${name}`),
      value: at === undefined ? words.say('care.never') : words.moment(at),
      note: at === undefined ? '' : words.relative(at, now),
      trouble: outcome?.ok === false ? words.say('care.schedule.failed') : '',
    }
  })
}
