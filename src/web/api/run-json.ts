import type { RunRow } from '../../domain/history.ts'
import type { Run, RunLog } from '../../domain/run.ts'
import { runId } from '../../domain/run.ts'
import type { Words } from '../../domain/words.ts'

/** A run as lists show it. What is unknown is null; moments are ISO in UTC. */
export function rowJson(row: RunRow) {
  return {
    id: runId(row.no),
    job_id: row.jobId,
    server_id: row.serverId,
    operation: row.operation,
    result: row.result,
    interrupted: row.interrupted,
    partial: row.partial,
    dry_run: row.dryRun,
    begin: moment(row.beginMs),
    received: moment(row.receivedMs),
    duration_s: known(row.durationS),
    source_bytes: known(row.sourceBytes),
    source_files: known(row.sourceFiles),
    uploaded_bytes: known(row.uploadedBytes),
    stored_bytes: known(row.storedBytes),
    versions: known(row.versions),
    warnings: known(row.warnings),
    errors: known(row.errors),
    messages: known(row.messages),
    added_files: known(row.addedFiles),
    modified_files: known(row.modifiedFiles),
    deleted_files: known(row.deletedFiles),
    has_log: row.hasLog,
  }
}

/** A run in full, without its log. */
export function runJson(run: Run, words: Words) {
  return {
    id: runId(run.no),
    job_id: run.jobId,
    server_id: run.serverId,
    operation: run.operation,
    result: run.result,
    parsed_result: run.parsedResult,
    interrupted: run.interrupted,
    partial: run.partial,
    dry_run: run.dryRun,
    exception: run.exception,
    begin: run.begin,
    end: run.end,
    received: run.received,
    duration_s: run.durationS,
    ...snakeCased(run.figures),
    warnings: run.warnings,
    errors: run.errors,
    messages: run.messages,
    first_warnings: run.firstWarnings,
    first_errors: run.firstErrors,
    quota: run.quota === null ? null : snakeCased(run.quota),
    phases: run.phases.map((phase) => ({
      kind: phase.kind,
      result: phase.result,
      begin: phase.begin,
      end: phase.end,
      duration_s: phase.durationS,
      figures: phase.figures,
      notes: phase.notes,
    })),
    version_times: run.versionTimes,
    own_figures: run.ownFigures,
    doubts: run.doubts.map((doubt) => words.say(doubt)),
    duplicati_version: run.duplicatiVersion,
    operating_system: run.operatingSystem,
    destination_type: run.destinationType,
    update_channel: run.updateChannel,
    next_scheduled: run.nextScheduled,
    last_version_at: run.lastVersionAt,
    origin: run.origin,
    revision: run.rev,
  }
}

/** `lines` is null where they were not asked for or are not there. */
export function logJson(state: string, log: RunLog | null) {
  return { state, lines: log === null ? null : log.lines, lines_left_out: log?.linesLeftOut ?? 0 }
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

function moment(at: number): string | null {
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** `sourceBytes` as `source_bytes`: the names of our own types only, never foreign keys. */
function snakeCased(figures: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
}
