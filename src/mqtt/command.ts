import type { Presence } from './presence.ts'
import { root } from './topics.ts'

/** What somebody at the broker asks for. Whether it is allowed is decided where it is done. */
export type MqttCommand =
  | { readonly kind: 'run' | 'acknowledge' | 'snooze'; readonly jobId: string }
  | { readonly kind: 'collect' }

const JOB_COMMANDS = ['run', 'acknowledge', 'snooze'] as const

/** Topics on which commands come. */
export function commandFilters(presence: Presence): readonly string[] {
  return [`${root(presence)}/bridge/command`, `${root(presence)}/+/+/command`]
}

/** The command in a message; null where it is none of ours. */
export function commandOf(presence: Presence, topic: string, payload: string): MqttCommand | null {
  const start = `${root(presence)}/`
  if (!topic.startsWith(start)) return null
  const path = topic.slice(start.length)
  const word = payload.trim().toLowerCase()
  if (path === 'bridge/command') return word === 'collect' ? { kind: 'collect' } : null
  const jobId = /^[a-z0-9_]+\/(job_[a-z0-9]+)\/command$/.exec(path)?.[1]
  const kind = JOB_COMMANDS.find((one) => one === word)
  return jobId === undefined || kind === undefined ? null : { kind, jobId }
}
