import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportNeeds } from '../actions/care/import-source.ts'
import { Failure } from '../domain/failure.ts'
import type { SealedSecret } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import { readIdentity } from '../duplicati/identity.ts'
import { readReport } from '../duplicati/report.ts'
import type { Clock } from '../kit/clock.ts'
import { newId } from '../kit/ids.ts'
import { FIELDS, type FieldKey, readNotifyField } from '../notify/setting-fields.ts'
import { checkTemplate, unknownVariables } from '../notify/template.ts'
import { TEMPLATE_KINDS, type Template } from '../notify/template-variables.ts'
import type { Store } from '../store/store-shape.ts'
import { logLimit } from './reports.ts'

/** What an import needs of the house. */
export function importNeeds(house: {
  readonly store: Store
  readonly clock: Clock
  readonly zone: string
  readonly legacyRuns: LegacyRuns
  seal(secret: string): SealedSecret
}): ImportNeeds {
  const { store, clock } = house
  return {
    state: store.state,
    change: store.change,
    read: (report, receivedAt) =>
      readReport(Buffer.from(JSON.stringify(report)), {
        contentType: 'application/json',
        receivedAt,
        sender: null,
        zone: house.zone,
        logLimitBytes: logLimit(store),
        origin: 'import',
      }),
    identify: (said) => readIdentity(said, null),
    record: store.record,
    check,
    seal: house.seal,
    newId,
    now: () => clock.now(),
    appendAudit: (entry) => store.journal('audit').append(entry),
    importedAudit: () => importedAudit(store),
    remember: house.legacyRuns.remember,
  }
}

function check(key: string, value: unknown): ReturnType<ImportNeeds['check']> {
  const kind = TEMPLATE_KINDS.find((one) => key === `templates.${one}`)
  if (kind !== undefined) {
    const template = value as Template
    const unknown = unknownVariables(template, kind)
    const faults = checkTemplate(template, kind).filter(
      (fault) => !/^templates\.fault\.unknown/.test(fault.text.key),
    )
    const variables = unknown.map((name) => `{${name}}`).join(', ')
    const notes = unknown.length > 0 ? [text('import.note.variables', { name: key, variables })] : []
    return faults[0]?.text ?? { value, notes }
  }
  if (!Object.hasOwn(FIELDS, key)) return { value, notes: [] }
  try {
    return { value: readNotifyField(key as FieldKey, value), notes: [] }
  } catch (error) {
    if (error instanceof Failure) return error.text
    throw error
  }
}

async function importedAudit(store: Store) {
  const entries: { readonly at: string; readonly [name: string]: unknown }[] = []
  const journal = store.journal('audit')
  let after: string | null = ''
  while (after !== null) {
    const page: Awaited<ReturnType<typeof journal.read>> = await journal.read({
      limit: 5000,
      filter: (entry) => entry['action'] === 'import.entry',
      ...(after === '' ? {} : { after }),
    })
    entries.push(...page.entries)
    after = page.next
  }
  return entries
}

/** Old ids of runs and our numbers, in a file that is part of archives: old addresses lead here. */
export type LegacyRuns = ReturnType<typeof legacyRuns>

export function legacyRuns(dir: string, isHere: (no: number) => boolean) {
  const path = join(dir, 'imports', 'legacy-runs.tsv')
  const read = () => readFile(path, 'utf8').catch(() => '')
  let known: Map<string, string> | null = null
  const load = async () => {
    const lines = await read()
    const whole = lines.slice(0, lines.lastIndexOf('\n') + 1)
    // What a crash left at the end.
    if (whole.length < lines.length) await truncate(path, Buffer.byteLength(whole))
    return new Map(whole.split('\n').map((line) => line.split('\t') as [string, string]))
  }
  return {
    async remember(pairs: readonly (readonly [string, number])[]): Promise<void> {
      known ??= await load()
      const lines: string[] = []
      for (const [given, no] of pairs) {
        const id = given.replace(/[\t\n\r]/g, ' ').slice(0, 100)
        if (known.get(id) === String(no)) continue
        known.set(id, String(no))
        lines.push(`${id}\t${no}\n`)
      }
      await mkdir(join(dir, 'imports'), { recursive: true, mode: 0o700 })
      await appendFile(path, lines.join(''), { mode: 0o600 })
    },
    /** Read again when the next import begins. */
    forget(): void {
      known = null
    },
    /** The last that is still here: a run may have been removed, brought in again, and come back from the trash. */
    async find(oldId: string): Promise<number | null> {
      if (/[\n\t]/.test(oldId)) return null
      const lines = `\n${await read()}`
      const mark = `\n${oldId}\t`
      for (let at = lines.lastIndexOf(mark); at >= 0; at = at === 0 ? -1 : lines.lastIndexOf(mark, at - 1)) {
        const no = Number.parseInt(lines.slice(at + mark.length), 10)
        if (isHere(no)) return no
      }
      return null
    },
  }
}
