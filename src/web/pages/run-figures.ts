import type { Phase, Run } from '../../domain/run.ts'
import type { Words } from '../../domain/words.ts'
import { writeByName } from '../measure.ts'
import { type Shape, shapeOfResult } from '../shape-of.ts'

export interface FigureRow {
  readonly label: string
  readonly value: string
}

export interface PhaseRow {
  readonly label: string
  /** Shown where the step did not end well. */
  readonly shape: Shape | null
  readonly took: string
  readonly figures: string
  readonly notes: readonly string[]
}

/** The steps inside a run, the run itself first. */
export function phaseRows(run: Run, words: Words): PhaseRow[] {
  const inside = run.phases.reduce((sum, phase) => sum + (phase.durationS ?? 0), 0)
  const itself = run.durationS === null ? null : Math.max(0, run.durationS - inside)
  if (run.phases.length === 0 && itself === null) return []
  const first: PhaseRow = {
    label: operationName(run.operation, words),
    shape: null,
    took: itself === null ? '' : words.duration(itself),
    figures: '',
    notes: [],
  }
  return [first, ...run.phases.map((phase) => phaseRow(phase, words))]
}

function phaseRow(phase: Phase, words: Words): PhaseRow {
  const isFine = phase.result === 'success' || phase.result === 'unknown'
  return {
    label: words.say(`page.run.phase.${phase.kind}`),
    shape: isFine ? null : shapeOfResult(phase.result, words),
    took: phase.durationS === null ? '' : words.duration(phase.durationS),
    figures: phaseFigures(phase, words),
    // Retention notes the versions it deleted, by their time.
    notes: phase.kind === 'retention' ? phase.notes.map((note) => momentOr(note, words)) : phase.notes,
  }
}

function momentOr(note: string, words: Words): string {
  return Number.isNaN(Date.parse(note)) ? note : words.moment(note)
}

function phaseFigures(phase: Phase, words: Words): string {
  if (phase.kind === 'verify') {
    const verified = phase.figures['verified_files'] ?? 0
    return words.say('page.run.verified', {
      verified,
      good: verified - (phase.figures['damaged_files'] ?? 0),
    })
  }
  const told = Object.entries(phase.figures).filter(([, value]) => value !== 0)
  if (told.length === 0) return words.say('page.run.nothing-to-do')
  return told
    .map(([name, value]) =>
      words.say('page.run.figure-of', {
        label: figureName(name, words),
        value: writeByName(name, value, words),
      }),
    )
    .join(', ')
}

/** Figures of an operation other than a backup. */
export function ownFigureRows(figures: Readonly<Record<string, number>>, words: Words): FigureRow[] {
  return Object.entries(figures).map(([name, value]) => {
    const label = figureName(name, words)
    return {
      label: label.charAt(0).toLocaleUpperCase(words.reader.locale) + label.slice(1),
      value: writeByName(name, value, words),
    }
  })
}

/** Every figure that a step or an operation can have; another one is shown by its own name. */
const FIGURES: ReadonlySet<string> = new Set(
  `accessed_volumes added_bytes added_files added_folders added_symlinks affected_files affected_log_messages
  affected_versions affected_volumes broken_files broken_local_files broken_remote_files broken_versions
  cache_evictions cache_redownloads copied_bytes copied_files created_folders current_bytes damaged_files
  deleted_bytes deleted_files deleted_folders deleted_symlinks deleted_versions downloaded_bytes downloaded_files
  failed_verifications freed_bytes lines listed_bytes listed_entries listed_file_versions listed_files
  listed_versions matched_bytes matched_files modified_files modified_folders modified_symlinks patched_files
  previous_bytes read_volumes removed_bytes removed_files renamed_files restored_bytes restored_control_files
  restored_data_bytes restored_files restored_folders restored_symlinks rewritten_file_lists source_bytes
  source_files unchanged_files unmodified_bytes unmodified_files updated_files updated_volumes uploaded_bytes
  uploaded_files verified_files`.split(/\s+/),
)

function figureName(name: string, words: Words): string {
  return FIGURES.has(name) ? words.say(`page.run.figure.${name}`) : name.replaceAll('_', ' ')
}

const OPERATIONS: ReadonlySet<string> = new Set(
  `Backup Sync Restore Test Compact Repair Delete Vacuum PurgeFiles PurgeBrokenFiles ListBrokenFiles
  RemoteSynchronization SetLock ReadLockInfo List ListRemote ListFilesets ListChanges ListAffected CreateLogDb
  SystemInfo SendMail TestFilters RestoreControlfiles RecreateDatabase`.split(/\s+/),
)

/** What a run did, in words; an operation we do not know keeps its own name. */
export function operationName(operation: string, words: Words): string {
  return OPERATIONS.has(operation) ? words.say(`page.operation.${operation}`) : operation
}
