import type { State } from '../domain/state.ts'

const BEFORE = 'settings-before-lock'

/**
 * Puts the product settings that the environment gives into the state, and brings back what was there before
 * when the environment gives them no longer.
 */
export function lockSettings(state: State, locked: Readonly<Record<string, unknown>>): State {
  const before = { ...(state.features[BEFORE] as Record<string, unknown> | undefined) }
  const settings = { ...state.settings }
  for (const [key, earlier] of Object.entries(before)) {
    if (key in locked) continue
    if (earlier === null) delete settings[key]
    else settings[key] = earlier
    delete before[key]
  }
  for (const [key, value] of Object.entries(locked)) {
    if (!(key in before)) before[key] = settings[key] ?? null
    settings[key] = value
  }
  const isSame =
    JSON.stringify([settings, before]) === JSON.stringify([state.settings, state.features[BEFORE] ?? {}])
  return isSame ? state : { ...state, settings, features: { ...state.features, [BEFORE]: before } }
}
