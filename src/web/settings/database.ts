import { suggestedMerges } from '../../domain/merging.ts'
import { serverName } from '../../domain/server.ts'
import { TRASH_DAYS, trashOf } from '../../domain/trash.ts'
import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'
import type { Field } from './field.ts'
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
    async model(house, visit) {
      const [facts, copies] = await Promise.all([house.care.facts(), house.care.copies()])
      const state = house.store.state()
      return {
        facts: factRows(facts, visit),
        parts: Object.entries(facts.usage.bytes)
          .filter(([, bytes]) => bytes > 0)
          .map(([name, bytes]) => ({
            label: visit.words.say(`care.part.${name}`),
            value: visit.words.bytes(bytes),
          })),
        work: workRows(house, visit),
        remarks: state.remarks.map((one) => ({ at: one.at, text: visit.words.say(one.text) })),
        rejected: facts.rejected.map((one) => ({ ...one, reason: visit.words.say(one.reason) })),
        setAside: facts.setAside,
        copies: copies.list,
        copyFolder: copies.folder,
        staged: house.care.staged() !== null,
        trash: trashRows(house, visit),
        suggestions: suggestedMerges(state).map(({ from, into }) => ({
          from: { id: from.id, name: serverName(from) },
          into: { id: into.id, name: serverName(into) },
        })),
        servers: Object.values(state.servers).map((one) => ({ id: one.id, name: serverName(one) })),
        jobs: Object.values(state.jobs).map((one) => {
          const server = state.servers[one.serverId]
          return { id: one.id, name: `${one.name} – ${server === undefined ? '' : serverName(server)}` }
        }),
      }
    },
  },
}

function factRows({ usage, damage }: Awaited<ReturnType<House['care']['facts']>>, { words }: Visit) {
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
  ]
}

/** Work that people begin here, and its scheduled like. */
function workRows(house: House, visit: Visit) {
  const outcomes = house.calendar.outcomes()
  const { words } = visit
  return (['check', 'compact', 'import'] as const).map((name) => {
    const task = house.care.task(name)
    const chore = name === 'compact' ? outcomes['compaction'] : undefined
    return {
      name,
      isRunning: task !== null && task.finishedAt === null,
      done: task?.done ?? 0,
      of: task?.of ?? 0,
      outcome: task?.outcome == null ? '' : words.say(task.outcome),
      at: task?.finishedAt ?? chore?.finishedAt ?? null,
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
