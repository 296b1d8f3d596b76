import type { Incident } from './incident.ts'
import type { Job } from './job.ts'
import type { MaintenanceWindow } from './maintenance-window.ts'
import type { Notice } from './notice.ts'
import type { Server } from './server.ts'
import type { SealedSecret, State } from './state.ts'
import type { Text } from './text.ts'

/** How long what was removed or merged can be brought back. */
export const TRASH_DAYS = 7
const FEATURE = 'trash'
const DAY_MS = 86_400_000

/**
 * Something that was removed or merged and can be undone. Its runs wait under a job id of the trash (`trash_...`),
 * where nothing counts or lists them; what else it was stands here as it was.
 */
export interface TrashItem {
  readonly id: string
  readonly at: string
  readonly by: string
  readonly what: 'runs' | 'job' | 'server' | 'everything' | 'merge'
  /** What it was, for the list of what can be undone. */
  readonly label: Text
  readonly servers: readonly Server[]
  readonly jobs: readonly Job[]
  /** Where runs came from and where they wait now; undoing moves them back. */
  readonly moved: readonly MovedRuns[]
  /** Incidents that were open about it. */
  readonly incidents?: readonly Incident[]
  /** What was still to be said about it. */
  readonly notices?: readonly Notice[]
  /** Maintenance windows that held for it; of a merge, as they were before. */
  readonly windows?: readonly MaintenanceWindow[]
  /** Sealed secrets of its servers, by name. */
  readonly secrets?: Readonly<Record<string, SealedSecret>>
  /** The newest run there was; with a newer one the jobs are judged anew when this is undone. */
  readonly upTo?: number
}

export interface MovedRuns {
  readonly from: { readonly serverId: string; readonly jobId: string }
  readonly to: { readonly serverId: string; readonly jobId: string }
  /** Runs in pairs of first and last number, to keep long lists short. */
  readonly ranges: readonly (readonly [number, number])[]
}

export function isTrashId(jobId: string): boolean {
  return jobId.startsWith('trash_')
}

export function trashOf(state: Pick<State, 'features'>): readonly TrashItem[] {
  return (state.features[FEATURE] as readonly TrashItem[] | undefined) ?? []
}

export function withTrash(state: State, items: readonly TrashItem[]): State {
  return { ...state, features: { ...state.features, [FEATURE]: items } }
}

/** Items whose time is over: their runs may be deleted for good. */
export function trashOver(state: Pick<State, 'features'>, now: Date): readonly TrashItem[] {
  return trashOf(state).filter((item) => now.getTime() - Date.parse(item.at) > TRASH_DAYS * DAY_MS)
}

/** Numbers as ranges of neighbours: `[3,4,5,9]` is `[[3,5],[9,9]]`. */
export function rangesOf(nos: readonly number[]): (readonly [number, number])[] {
  const ranges: [number, number][] = []
  for (const no of [...nos].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && no <= last[1] + 1) last[1] = no
    else ranges.push([no, no])
  }
  return ranges
}

export function numbersIn(ranges: readonly (readonly [number, number])[]): number[] {
  return ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))
}
