import type { Text } from './text.ts'

export type NoticeKind = 'run' | 'opened' | 'worsened' | 'reminder' | 'closed' | 'digest' | 'test' | 'bundle'

/** One message owed to one receiver of one channel. Kept on disk until it arrived or failed for good. */
export interface Notice {
  readonly id: string
  readonly kind: NoticeKind
  /** Channel name: `ntfy`, `email`, `home-assistant`, `notify`. */
  readonly channel: string
  /** Address or topic where it is not the channel's own; null for that. */
  readonly to: string | null
  readonly incidentIds: readonly string[]
  readonly jobIds: readonly string[]
  readonly runNo: number | null
  readonly createdAt: string
  /** Not before this moment: quiet hours, back-off. */
  readonly dueAt: string
  readonly attempts: number
  readonly lastTriedAt: string | null
  readonly lastError: Text | null
  readonly state: 'owed' | 'delivered' | 'failed'
  readonly finishedAt: string | null
}
