import type { MaintenanceWindow } from '../../domain/maintenance-window.ts'
import type { Words } from '../../domain/words.ts'

/** When a maintenance window is open, in a few words. */
export function windowWhen(window: MaintenanceWindow, words: Words): string {
  return window.kind === 'once'
    ? words.say('maintenance.once', {
        from: { at: window.from, as: 'moment' },
        to: { at: window.to, as: 'moment' },
      })
    : words.say('maintenance.weekly', {
        days: { weekdays: window.weekdays },
        from: window.from,
        to: window.to,
        zone: window.zone ?? '',
        zoned: window.zone !== null,
      })
}
