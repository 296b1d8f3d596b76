import type { RunRow } from '../../../domain/history.ts'
import { isBackup, runId } from '../../../domain/run.ts'
import { serverName } from '../../../domain/server.ts'
import type { PreviewedMessage, TemplateText } from '../../channel-desks.ts'
import type { House } from '../../house.ts'
import type { Visit } from '../../visit.ts'

/** What is being edited: the kind, the run it is tried on, and a text that is not saved yet. */
export interface Edited {
  readonly kind?: string | undefined
  /** Id of a run; the newest fitting one where it is not given or gone. */
  readonly run?: string | undefined
  readonly text?: TemplateText
}

const OFFERED = 12

/** The form of one template: its text, its variables, what it says of a real run, and what is wrong with it. */
export async function templateEditor(house: House, visit: Visit, edited: Edited) {
  const desk = house.notices.templates
  const { words } = visit
  const kind = desk.kinds.find((one) => one === edited.kind) ?? desk.kinds[0] ?? ''
  const template = edited.text ?? desk.current(kind)
  const rows = rowsFor(house, kind)
  const row = rows.find((one) => runId(one.no) === edited.run) ?? rows[0] ?? null
  return {
    kind,
    kinds: desk.kinds.map((one) => ({ name: one, isOwn: isOwn(house, one) })),
    template,
    isOwn: isOwn(house, kind),
    priorities: [...desk.priorities].reverse(),
    variables: desk.variables(kind),
    runs: kind === 'digest' ? [] : rows.slice(0, OFFERED).map((one) => optionOf(house, visit, one, row)),
    preview: await shownPreview(house, visit, kind, template, row),
    faults: desk.check(kind, template).map(({ field, text }) => ({ field, sentence: words.say(text) })),
    language: templateLanguage(house),
    sent: [],
    isRefused: false,
  }
}

/** The number of the run that an id of the form names; null where it names none. */
export function runNoOf(house: House, kind: string, id: string | null): number | null {
  const rows = rowsFor(house, kind)
  return (rows.find((one) => runId(one.no) === id) ?? rows[0])?.no ?? null
}

async function shownPreview(
  house: House,
  visit: Visit,
  kind: string,
  template: TemplateText,
  row: RunRow | null,
): Promise<(PreviewedMessage & { readonly toneWord: string }) | null> {
  const preview = await house.notices.templates.preview(kind, template, row?.no ?? null)
  return preview === null ? null : { ...preview, toneWord: visit.words.say(`templates.kind.${kind}`) }
}

/** Runs to try it on, newest first, those that fit the kind before the others. */
function rowsFor(house: House, kind: string): readonly RunRow[] {
  if (kind === 'digest') return []
  const rows = house.store.history
    .latest(400)
    .filter((row) => isBackup(row))
    .filter((row) => house.store.state().jobs[row.jobId] !== undefined)
  const fits = (row: RunRow) =>
    kind === 'warning' ? row.result !== 'success' : kind !== 'success' || row.result === 'success'
  return [...rows.filter(fits), ...rows.filter((row) => !fits(row))]
}

function optionOf(house: House, { words }: Visit, row: RunRow, chosen: RunRow | null) {
  const { jobs, servers } = house.store.state()
  const server = servers[row.serverId]
  const values = {
    job: jobs[row.jobId]?.name ?? '',
    server: server === undefined ? '' : serverName(server),
    at: { at: new Date(row.atMs).toISOString(), as: 'moment' as const },
    result: words.say(`notify.result.${row.result}`),
  }
  return { value: runId(row.no), label: words.say('templates.run', values), isChosen: row === chosen }
}

function isOwn(house: House, kind: string): boolean {
  return Object.hasOwn(house.store.state().settings, `templates.${kind}`)
}

function templateLanguage(house: House): string {
  const code = house.store.state().settings['templates.language']
  return house.languageNames.get(typeof code === 'string' ? code : '') ?? ''
}
