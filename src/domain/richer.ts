import type { Figures, Run } from './run.ts'
import { type Text, text } from './text.ts'

/**
 * The later copy of a run, merged into the one we have: results and figures of the copy that knows more, gaps
 * filled from the other. null where the later copy adds nothing. Push and pull tell different halves of a run
 * (push: exception, log; pull: messages), so neither replaces the other.
 */
export function richer(kept: Run, later: Run): Run | null {
  const merged: Run = {
    ...kept,
    ...outcome(kept, later),
    operation: kept.operation,
    begin: kept.begin ?? later.begin,
    end: kept.end ?? later.end,
    durationS: kept.durationS ?? later.durationS,
    exception: kept.exception ?? later.exception,
    figures: filled(kept.figures, later.figures),
    quota: kept.quota ?? later.quota,
    phases: kept.phases.length >= later.phases.length ? kept.phases : later.phases,
    versionTimes: kept.versionTimes ?? later.versionTimes,
    warnings: Math.max(kept.warnings, later.warnings),
    errors: Math.max(kept.errors, later.errors),
    messages: Math.max(kept.messages, later.messages),
    firstWarnings: longer(kept.firstWarnings, later.firstWarnings),
    firstErrors: longer(kept.firstErrors, later.firstErrors),
    duplicatiVersion: kept.duplicatiVersion ?? later.duplicatiVersion,
    operatingSystem: kept.operatingSystem ?? later.operatingSystem,
    destinationType: kept.destinationType ?? later.destinationType,
    updateChannel: kept.updateChannel ?? later.updateChannel,
    nextScheduled: kept.nextScheduled ?? later.nextScheduled,
    lastVersionAt: kept.lastVersionAt ?? later.lastVersionAt,
    ownFigures: { ...later.ownFigures, ...kept.ownFigures },
    doubts: doubtsOf(kept, later),
  }
  return same(kept, merged) ? null : { ...merged, rev: kept.rev + 1 }
}

const WEIGHT = { unknown: 0, success: 1, warning: 2, error: 3, fatal: 4 } as const

/** The weightier result wins: a copy that knows of a failure knows more than one that does not. */
function outcome(kept: Run, later: Run): Pick<Run, 'result' | 'parsedResult' | 'interrupted' | 'partial'> {
  const winner = WEIGHT[later.result] > WEIGHT[kept.result] ? later : kept
  return {
    result: winner.result,
    parsedResult: winner.parsedResult ?? kept.parsedResult ?? later.parsedResult,
    interrupted: kept.interrupted || later.interrupted,
    partial: kept.partial || later.partial,
  }
}

/** What is doubtful in both, and that the two copies do not agree on what came of the run. */
function doubtsOf(kept: Run, later: Run): readonly Text[] {
  const fewer = kept.doubts.length <= later.doubts.length ? kept.doubts : later.doubts
  const said = kept.doubts.find((doubt) => doubt.key === TOLD_TWICE)
  const disagree = kept.result !== later.result && kept.result !== 'unknown' && later.result !== 'unknown'
  const doubt = said ?? (disagree ? text(TOLD_TWICE, { first: word(kept), second: word(later) }) : null)
  return doubt === null ? fewer : [...fewer.filter((one) => one.key !== TOLD_TWICE), doubt]
}

const TOLD_TWICE = 'report.doubt.told-twice'

function word(run: Run): Text {
  return text(`page.result.${run.result}`)
}

function filled(kept: Figures, later: Figures): Figures {
  const figures: Record<string, number | null> = { ...kept }
  for (const [name, value] of Object.entries(later)) {
    if (figures[name] === null || figures[name] === undefined) figures[name] = value
  }
  return figures as unknown as Figures
}

function longer<T>(kept: readonly T[], later: readonly T[]): readonly T[] {
  return later.length > kept.length ? later : kept
}

function same(a: Run, b: Run): boolean {
  return (Object.keys(b) as (keyof Run)[]).every(
    (key) => a[key] === b[key] || JSON.stringify(a[key]) === JSON.stringify(b[key]),
  )
}
