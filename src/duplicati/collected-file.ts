import { Failure } from '../domain/failure.ts'
import type { Identity } from '../domain/run.ts'
import { text } from '../domain/text.ts'
import { jobIdOf } from './job-id.ts'
import { parseJson } from './json.ts'
import { isPart, listOf, type Part, partOf, stringOf } from './remote-parts.ts'

/** One run in a file: a report as Duplicati sends it, or a row of a job's log with what the file says of its job. */
export type FileEntry =
  | { readonly kind: 'report'; readonly report: unknown }
  | { readonly kind: 'row'; readonly row: unknown; readonly identity: Identity | null }

/**
 * The runs in a file that somebody kept: rows as `GET /backup/{id}/log` gives them; what other programs saved when
 * they collected (`{ system_info, backups, backup_logs }`); reports, one or a list, as JSON or one a line. A row
 * without a job has no identity: the person who brings it says whose it is.
 * @throws Failure `invalid` where it is none of these
 */
export function readCollectedFile(content: string): readonly FileEntry[] {
  const bare = content.replace(/^\uFEFF/, '')
  const whole = valueIn(bare)
  const entries = whole === undefined ? linesOf(bare) : entriesOf(whole)
  if (entries.length === 0) throw new Failure('invalid', text('duplicati.failure.file'), { field: 'file' })
  return entries
}

/** A line that cannot be read is an entry too, so that it is told; a file without any that can is none. */
function linesOf(content: string): readonly FileEntry[] {
  const lines = content.split(/\r?\n/).filter((line) => line.trim() !== '')
  const values = lines.map(valueIn)
  if (!values.some(isPart)) return []
  return values.flatMap((value) => entryOf(isPart(value) ? value : { Message: '' }, null))
}

function entriesOf(value: unknown): readonly FileEntry[] {
  if (Array.isArray(value)) return value.flatMap((one) => (isPart(one) ? entryOf(one, null) : []))
  if (!isPart(value)) return []
  return Array.isArray(value['backup_logs']) ? collectedOf(value) : entryOf(value, null)
}

/** A report, a row, or the message of a row alone. */
function entryOf(one: Part, identity: Identity | null): readonly FileEntry[] {
  if (Object.hasOwn(one, 'Data')) return [{ kind: 'report', report: one }]
  if (Object.hasOwn(one, 'Message')) return [{ kind: 'row', row: one, identity }]
  return Object.hasOwn(one, 'MainOperation') ? [{ kind: 'row', row: { Message: one }, identity }] : []
}

function collectedOf(file: Part): readonly FileEntry[] {
  const info = partOf(file, 'system_info')
  const machineId = listOf(info, 'Options').find((option) => option['Name'] === 'machine-id') ?? null
  const machine = {
    machineId: stringOf(machineId, 'DefaultValue', 200),
    machineName: stringOf(info, 'MachineName', 200),
    sender: null,
  }
  return listOf(file, 'backup_logs').flatMap((log) => {
    const backupId = jobIdOf(log, 'backupId')
    const identity: Identity = { ...machine, backupId, backupName: stringOf(log, 'backupName', 500) }
    const messages: unknown = log['messages']
    return (Array.isArray(messages) ? messages : []).flatMap((message: unknown) => {
      const one = typeof message === 'string' ? valueIn(message) : message
      return isPart(one) ? entryOf(one, identity) : []
    })
  })
}

/** Undefined where it is no JSON, or nested deeper than any report. */
function valueIn(content: string): unknown {
  try {
    return parseJson(content)
  } catch {
    return undefined
  }
}
