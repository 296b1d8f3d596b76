import type { RunRow } from '../../domain/history.ts'
import type { Figures, Run } from '../../domain/run.ts'
import type { Words } from '../../domain/words.ts'
import { change, known } from '../measure.ts'
import type { Usual } from './run-usual.ts'

/** One line of "What changed": the figure, what it was before, and what is usual. '' for nothing to say. */
export interface Change {
  readonly label: string
  readonly value: string
  readonly difference: string
  readonly usual: string
}

/** The figures of a run of a backup, without those that the report does not tell. */
export function changesOf(run: Run, before: RunRow | null, usual: Usual, words: Words): Change[] {
  const { figures } = run
  const tell = (name: string, values = {}) => words.say(`page.run.change.${name}`, values)
  const bytes = words.bytes
  const was = (read: (row: RunRow) => number) => (before === null ? null : known(read(before)))
  const line = (name: string, value: string | null, difference = '', typical: string | null = null) =>
    value === null
      ? []
      : [
          {
            label: tell(name),
            value,
            difference,
            usual: typical === null ? '' : words.say('page.run.usually', { usual: typical }),
          },
        ]
  const files = (count: number | null, size: number | null) =>
    count === null
      ? null
      : size === null || size === 0
        ? tell('files', { count })
        : tell('files-size', { count, size: { bytes: size } })
  const usually = (count: number | null) =>
    count === null ? null : tell('files', { count: Math.round(count) })

  return [
    ...line(
      'examined',
      figures.sourceFiles === null ? null : words.number(figures.sourceFiles),
      change(
        was((row) => row.sourceFiles),
        figures.sourceFiles,
        words.number,
      ),
    ),
    ...line(
      'source',
      figures.sourceBytes === null ? null : bytes(figures.sourceBytes),
      sourceChange(
        was((row) => row.sourceBytes),
        figures.sourceBytes,
        words,
      ),
    ),
    ...line('added', files(figures.addedFiles, figures.addedBytes), '', usually(usual.addedFiles)),
    ...line(
      'modified',
      files(figures.modifiedFiles, figures.modifiedBytes),
      '',
      usually(usual.modifiedFiles),
    ),
    ...line('deleted', files(figures.deletedFiles, null), '', usually(usual.deletedFiles)),
    ...line(
      'uploaded',
      figures.uploadedBytes === null ? null : bytes(figures.uploadedBytes),
      '',
      usual.uploadedBytes === null ? null : bytes(usual.uploadedBytes),
    ),
    ...line('downloaded', some(figures.downloadedBytes, bytes)),
    ...line(
      'stored',
      figures.storedBytes === null ? null : bytes(figures.storedBytes),
      change(
        was((row) => row.storedBytes),
        figures.storedBytes,
        bytes,
      ),
    ),
    ...line('quota', quota(run, words)),
    ...line(
      'versions',
      figures.versions === null ? null : words.number(figures.versions),
      change(
        was((row) => row.versions),
        figures.versions,
        words.number,
      ),
    ),
    ...rest(figures, words).flatMap(([name, value]) => line(name, value)),
  ]
}

/** A source is compared in percent: a share says more than a size. */
function sourceChange(before: number | null, after: number | null, words: Words): string {
  if (before === null || after === null || before === 0 || before === after) return ''
  const ratio = (after - before) / before
  if (Math.abs(ratio) < 0.0005) return change(before, after, words.bytes)
  return `${ratio > 0 ? '+' : '−'}${words.percent(Math.abs(ratio))}`
}

function quota(run: Run, words: Words): string | null {
  const free = run.quota?.freeBytes ?? null
  if (free === null) return null
  const total = run.quota?.totalBytes ?? null
  return total === null
    ? words.bytes(free)
    : words.say('page.run.change.free-of', { free: { bytes: free }, total: { bytes: total } })
}

/** What is worth a line only when there is some. */
const RARE: readonly (keyof Figures)[] = [
  'filesWithError',
  'notProcessedFiles',
  'tooLargeFiles',
  'timestampChangedFiles',
  'addedFolders',
  'modifiedFolders',
  'deletedFolders',
  'addedSymlinks',
  'modifiedSymlinks',
  'deletedSymlinks',
  'openedFiles',
  'storedFiles',
  'remoteCalls',
  'retryAttempts',
  'unknownFiles',
]

function rest(figures: Figures, words: Words): [string, string | null][] {
  return RARE.map((name) => [kebab(name), some(figures[name], words.number)])
}

function some(value: number | null, write: (value: number | null) => string): string | null {
  return value === null || value === 0 ? null : write(value)
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
