import type { Probed } from '../../actions/probe-server.ts'
import { WORST_FIRST } from '../../domain/server-state.ts'
import type { State } from '../../domain/state.ts'
import { compare, type SortColumn } from '../sort-jobs.ts'
import type { Visit } from '../visit.ts'
import { serverLine } from './server-line.ts'

type Line = ReturnType<typeof serverLine>

const KEYS: ReadonlyMap<string, (line: Line) => string | number | null> = new Map<
  string,
  (line: Line) => string | number | null
>([
  ['name', (line) => line.name],
  ['state', (line) => WORST_FIRST.indexOf(line.standing)],
  ['version', (line) => line.version],
  ['contact', (line) => (line.contactAt === '' ? null : line.contactAt)],
])

export interface ServerLines {
  readonly servers: readonly Line[]
  readonly archived: readonly Line[]
  readonly columns: readonly SortColumn[]
  /** What the lines were searched for. */
  readonly search: string
}

/**
 * The servers that `?q=` finds by name, note and address, those put away apart, sorted by `?sort=&dir=`: by name where
 * nothing else is asked for, and what is not known last whichever way.
 */
export function serverLines(
  state: State,
  visit: Visit,
  query: Readonly<Record<string, string>> = {},
  tried: ReadonlyMap<string, Probed> = new Map(),
): ServerLines {
  const { q = '' } = query
  const by = KEYS.has(query['sort'] ?? '') ? (query['sort'] ?? 'name') : 'name'
  const isDown = query['dir'] === undefined ? by === 'contact' : query['dir'] === 'down'
  const key = KEYS.get(by) ?? (() => null)
  const wanted = q.trim().toLowerCase()
  const lines = Object.values(state.servers)
    .map((server) => ({
      isArchived: server.archivedAt !== null,
      line: withTrial(serverLine(server, state, visit), tried.get(server.id), visit),
    }))
    .filter(({ line }) => line.find.toLowerCase().includes(wanted))
    .sort(
      ({ line: one }, { line: other }) =>
        compare(key(one), key(other), isDown) || one.name.localeCompare(other.name, visit.reader.locale),
    )
  const linesOf = (isArchived: boolean) =>
    lines.filter((one) => one.isArchived === isArchived).map((one) => one.line)
  return {
    servers: linesOf(false),
    archived: linesOf(true),
    columns: [...KEYS.keys()].map((name) => ({
      name,
      label: visit.words.say(`servers.${name}`),
      href: visit.link('/settings/servers', {
        q,
        sort: name,
        dir: (by === name ? !isDown : name === 'contact') ? 'down' : 'up',
      }),
      sorted: by !== name ? '' : isDown ? 'descending' : 'ascending',
    })),
    search: q,
  }
}

/** What came of trying the connection just now, before what is known from earlier. */
function withTrial(line: Line, probed: Probed | undefined, { words }: Visit): Line {
  if (probed === undefined) return line
  const note =
    probed.trouble === null
      ? { text: words.say('servers.answers'), isBad: false }
      : { text: words.say(probed.trouble), isBad: true }
  return { ...line, notes: [note, ...line.notes.filter(({ text }) => text !== note.text)] }
}
