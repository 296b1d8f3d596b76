import { text } from '../../domain/text.ts'
import { TRASH_DAYS, trashOf } from '../../domain/trash.ts'
import type { DatabaseFacts } from '../care-desk.ts'
import type { House } from '../house.ts'
import { mergeSuggestions, serverNamesApart } from '../pages/care/merge-suggestions.ts'
import type { Visit } from '../visit.ts'
import type { Field } from './field.ts'
import { scheduledWork } from './scheduled-work.ts'
import type { Section } from './section.ts'

const FIELDS: readonly Field[] = [
  { key: 'retention.run_days', kind: 'number', default: 730, range: [0, 36_500], unit: 'unit.days' },
  { key: 'retention.log_days', kind: 'number', default: 90, range: [0, 36_500], unit: 'unit.days' },
  {
    key: 'retention.log_bytes_per_run',
    kind: 'number',
    default: 2_097_152,
    range: [4_096, 67_108_864],
    unit: 'unit.bytes',
  },
  { key: 'copy.enabled', kind: 'flag', default: true, group: 'copy' },
  { key: 'copy.keep', kind: 'number', default: 7, range: [1, 365], group: 'copy' },
  { key: 'copy.folder', kind: 'text', default: '', placeholder: 'backups', group: 'copy' },
]

const DAY_MS = 86_400_000

/** Care of the data. */
export const DATABASE: Section = {
  name: 'database',
  group: 'system',
  icon: 'database',
  who: 'administrator',
  fields: FIELDS,
  page: {
    template: 'pages/care/database',
    isLive: (house) => isAtWork(house),
    async model(house, visit) {
      const [facts, copies] = await Promise.all([house.care.facts(), house.care.copies()])
      const state = house.store.state()
      const nameOf = serverNamesApart(state, visit)
      return {
        facts: factRows(facts, visit),
        scheduled: scheduledWork(house, visit),
        deeds: deedRows(house, visit, facts, copies.list[0]?.at ?? null),
        parts: Object.entries(facts.usage.bytes)
          .filter(([, bytes]) => bytes > 0)
          .map(([name, bytes]) => ({
            label: visit.words.say(`care.part.${name}`),
            value: visit.words.bytes(bytes),
          })),
        work: workRows(house, visit),
        isAtWork: isAtWork(house),
        remarks: state.remarks.map((one) => ({ at: one.at, text: visit.words.say(one.text) })),
        rejected: facts.rejected.map((one) => ({ ...one, reason: visit.words.say(one.reason) })),
        setAside: facts.setAside,
        copies: copies.list,
        copyFolder: copies.folder,
        staged: house.care.staged() !== null,
        trash: trashRows(house, visit),
        suggestions: mergeSuggestions(state, visit, null),
        servers: Object.values(state.servers).map((one) => ({ id: one.id, name: nameOf(one) })),
        jobs: Object.values(state.jobs).map((one) => {
          const server = state.servers[one.serverId]
          return { id: one.id, name: `${one.name} – ${server === undefined ? '' : nameOf(server)}` }
        }),
      }
    },
  },
}

function factRows({ usage, damage, setAside }: DatabaseFacts, { words }: Visit) {
  const row = (name: string, value: string) => ({ label: words.say(`care.fact.${name}`), value })
  const bad = damage.badLines + damage.tornTails + damage.missingPacks + damage.badLogs
  return [
    row('runs', words.number(usage.runs)),
    row('logs', words.number(usage.logs)),
    row('oldest', usage.oldest === null ? '–' : words.moment(usage.oldest)),
    row('newest', usage.newest === null ? '–' : words.moment(usage.newest)),
    row('total', words.bytes(usage.totalBytes)),
    row('free', usage.freeBytes === null ? '–' : words.bytes(usage.freeBytes)),
    row('damage', bad === 0 ? words.say('care.none') : words.number(bad)),
    row('aside', setAside.length === 0 ? words.say('care.none') : words.number(setAside.length)),
  ]
}

/** What was done last, and when. */
function deedRows(house: House, visit: Visit, facts: DatabaseFacts, copyAt: string | null) {
  const { words, now } = visit
  const { compaction, copy } = house.calendar.outcomes()
  const compactedAt = [compaction?.finishedAt, finishedAt(house, 'compact')]
    .filter((at) => at != null)
    .sort()
    .at(-1)
  const row = (name: string, at: string | null | undefined, note = '') => ({
    label: words.say(`care.fact.${name}`),
    value: at == null ? words.say('care.never') : words.moment(at),
    note: at == null ? '' : words.relative(at, now),
    trouble: note,
  })
  const failed = copy?.ok === false ? words.say(facts.copyTrouble ?? text('care.copy.failed-last')) : ''
  return [
    row('copied', copyAt, failed),
    row('compacted', compactedAt),
    row('checked', finishedAt(house, 'check')),
  ]
}

function finishedAt(house: House, name: (typeof WORK)[number]): string | null {
  const task = house.care.task(name)
  return task === null || task.failed ? null : task.finishedAt
}

const WORK = ['check', 'compact'] as const

function isAtWork(house: House): boolean {
  return WORK.some((name) => {
    const task = house.care.task(name)
    return task !== null && task.finishedAt === null
  })
}

/** Work that people begin here: how far it is, and what came of it. */
function workRows(house: House, { words }: Visit) {
  return WORK.map((name) => {
    const task = house.care.task(name)
    return {
      name,
      isRunning: task !== null && task.finishedAt === null,
      done: task?.done ?? 0,
      of: task?.of ?? 0,
      outcome: task?.outcome == null ? '' : words.say(task.outcome),
      at: task?.finishedAt ?? null,
      failed: task?.failed === true,
    }
  })
}

function trashRows(house: House, { words, now }: Visit) {
  return [...trashOf(house.store.state())].reverse().map((item) => ({
    id: item.id,
    at: item.at,
    by: item.by,
    label: words.say(item.label),
    runs: item.moved.reduce(
      (sum, one) => sum + one.ranges.reduce((n, [first, last]) => n + last - first + 1, 0),
      0,
    ),
    goneIn: words.relative(new Date(Date.parse(item.at) + TRASH_DAYS * DAY_MS), now),
  }))
}
