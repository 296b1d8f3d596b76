import type { Supervisor } from './supervisor.ts'

/** Notifications that stand in Home Assistant, by their id, and the problems each is about. Kept on disk. */
export type Standing = Readonly<Record<string, readonly string[]>>

export interface StandingNotifications {
  /** Before a notification is made. */
  add(id: string, incidentIds: readonly string[]): Promise<void>
  /** Takes back every notification whose last problem is over. Comes back when that is done; what fails stays known. */
  sweep(signal?: AbortSignal): Promise<void>
}

export interface StandingNeeds {
  readonly supervisor: Pick<Supervisor, 'callService'>
  read(): Standing
  change(step: (standing: Standing) => Standing): Promise<void>
  isOpen(incidentId: string): boolean
}

/** Home Assistant forgets notifications when it restarts; more than these nobody has open. */
const MOST = 500

/** A notification may be about many problems: it goes when the last of them does, however that came about. */
export function standingNotifications(needs: StandingNeeds): StandingNotifications {
  return {
    add: (id, incidentIds) =>
      needs.change((standing) =>
        Object.fromEntries([...Object.entries(standing), [id, [...incidentIds]] as const].slice(-MOST)),
      ),
    async sweep(signal) {
      const gone: string[] = []
      try {
        for (const id of overOf(needs)) {
          await needs.supervisor.callService(
            'persistent_notification/dismiss',
            { notification_id: id },
            signal,
          )
          gone.push(id)
        }
      } finally {
        if (gone.length > 0) await needs.change((standing) => without(standing, gone))
      }
    },
  }
}

function overOf({ read, isOpen }: StandingNeeds): string[] {
  return Object.entries(read()).flatMap(([id, incidentIds]) => (incidentIds.some(isOpen) ? [] : [id]))
}

function without(standing: Standing, ids: readonly string[]): Standing {
  return Object.fromEntries(Object.entries(standing).filter(([id]) => !ids.includes(id)))
}
