import { Failure } from './failure.ts'
import type { MaintenanceWindow } from './maintenance-window.ts'
import { monitoringSettings } from './monitoring-settings.ts'
import type { State } from './state.ts'
import { text } from './text.ts'

const KEY = 'maintenance.windows'
const MOST = 200

/** Adds a maintenance window, or puts it in the place of the one with its id. Throws Failure `conflict` at 200. */
export function saveWindow(state: State, window: MaintenanceWindow): State {
  const { windows } = monitoringSettings(state)
  const isKnown = windows.some((one) => one.id === window.id)
  if (!isKnown && windows.length >= MOST)
    throw new Failure('conflict', text('maintenance.too-many', { most: MOST }))
  return withWindows(
    state,
    isKnown ? windows.map((one) => (one.id === window.id ? window : one)) : [...windows, window],
  )
}

/** Throws Failure `not-found`. */
export function removeWindow(state: State, id: string): State {
  return withWindows(
    state,
    monitoringSettings(state).windows.filter((one) => one !== windowNamed(state, id)),
  )
}

/** Throws Failure `not-found`. */
export function windowNamed(state: State, id: string): MaintenanceWindow {
  const found = monitoringSettings(state).windows.find((one) => one.id === id)
  if (found === undefined) throw new Failure('not-found', text('maintenance.gone'))
  return found
}

function withWindows(state: State, windows: readonly MaintenanceWindow[]): State {
  return { ...state, settings: { ...state.settings, [KEY]: windows } }
}
