import type { JobState } from '../domain/job.ts'
import type { RunResult } from '../domain/run.ts'
import type { Words } from '../domain/words.ts'

/** How a state is shown: by class (colour), icon (shape) and word. Colour alone never says it. */
export interface Shape {
  /** End of the class `is-...`. */
  readonly state: string
  /** Name of the icon. */
  readonly shape: string
  readonly label: string
}

const STATE_ICONS: Readonly<Record<JobState, string>> = {
  ok: 'check',
  warning: 'triangle-alert',
  failed: 'circle-x',
  late: 'clock',
  overdue: 'clock',
  running: 'loader-circle',
  paused: 'circle-pause',
  unknown: 'circle-help',
  new: 'info',
}

export function shapeOfState(state: JobState, words: Words): Shape {
  return { state, shape: STATE_ICONS[state], label: words.say(`page.state.${state}`) }
}

const RESULTS: Readonly<Record<RunResult, readonly [state: string, icon: string]>> = {
  success: ['ok', 'check'],
  warning: ['warning', 'triangle-alert'],
  error: ['failed', 'circle-x'],
  fatal: ['failed', 'octagon-x'],
  unknown: ['unknown', 'circle-help'],
}

export function shapeOfResult(result: RunResult, words: Words): Shape {
  const [state, shape] = RESULTS[result]
  return { state, shape, label: words.say(`page.result.${result}`) }
}
