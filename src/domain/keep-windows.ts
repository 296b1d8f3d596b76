import { Failure } from './failure.ts'
import type { MaintenanceWindow } from './maintenance-window.ts'
import type { MergePlan } from './merging.ts'
import { monitoringSettings } from './monitoring-settings.ts'
import type { Removal } from './removal.ts'
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

/** Windows that hold for nothing but what goes. */
export function windowsOf(state: State, { servers, jobs }: Removal): readonly MaintenanceWindow[] {
  return monitoringSettings(state).windows.filter((one) =>
    one.jobId === null ? one.serverId !== null && servers.has(one.serverId) : jobs.has(one.jobId),
  )
}

/** The state without these windows. */
export function withoutWindows(state: State, gone: readonly MaintenanceWindow[]): State {
  if (gone.length === 0) return state
  const ids = new Set(gone.map((one) => one.id))
  return withWindows(
    state,
    monitoringSettings(state).windows.filter((one) => !ids.has(one.id)),
  )
}

/** Windows that went are there again. */
export function withWindowsAgain(state: State, windows: readonly MaintenanceWindow[]): State {
  const here = new Set(monitoringSettings(state).windows.map((one) => one.id))
  const back = windows.filter((one) => !here.has(one.id))
  return back.length === 0 ? state : withWindows(state, [...monitoringSettings(state).windows, ...back])
}

/** Windows of what becomes one hold for the one that stays. */
export function windowsMerged(state: State, plan: MergePlan): State {
  const { windows } = monitoringSettings(state)
  const after = windows.map((one) => follow(one, plan))
  return after.some((one, at) => one !== windows[at]) ? withWindows(state, after) : state
}

/** Windows that a merge changed hold again for what they held for; one that was removed since stays away. */
export function windowsUnmerged(state: State, before: readonly MaintenanceWindow[]): State {
  if (before.length === 0) return state
  const was = new Map(before.map((one) => [one.id, one]))
  return withWindows(
    state,
    monitoringSettings(state).windows.map((one) => {
      const { serverId, jobId } = was.get(one.id) ?? one
      return { ...one, serverId, jobId }
    }),
  )
}

/** The windows that a merge would change, as they are. */
export function windowsInMerge(state: State, plan: MergePlan): readonly MaintenanceWindow[] {
  return monitoringSettings(state).windows.filter((one) => follow(one, plan) !== one)
}

function follow(window: MaintenanceWindow, plan: MergePlan): MaintenanceWindow {
  const pair = plan.pairs.find(({ from }) => from.id === window.jobId)
  if (pair !== undefined) return { ...window, jobId: pair.into.id, serverId: plan.into.id }
  const isMoved = plan.from !== null && window.serverId === plan.from.id
  return isMoved ? { ...window, serverId: plan.into.id } : window
}

function withWindows(state: State, windows: readonly MaintenanceWindow[]): State {
  return { ...state, settings: { ...state.settings, [KEY]: windows } }
}
