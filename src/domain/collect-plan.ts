import { collectMemory } from './collect-memory.ts'
import { HOUR, MINUTE, ms } from './moment.ts'
import { isReachable, secretName } from './remote-reach.ts'
import type { Server } from './server.ts'
import type { State } from './state.ts'

/** `collect.every_hours`: how often servers with a stored password are collected from; 0 for never. */
export const COLLECT_EVERY_HOURS = 6
/** A job that was being worked on is tried again after this. */
const AGAIN_MS = 15 * MINUTE

/** The servers to collect from now, without anybody asking. */
export function serversDue(state: State, now: Date): readonly string[] {
  const everyMs = everyHours(state) * HOUR
  if (everyMs === 0) return []
  return Object.values(state.servers)
    .filter(
      (server) => isReachable(server) && server.connection?.collect === true && canSignIn(state, server),
    )
    .filter((server) => isDue(state, server, everyMs, now.getTime()))
    .map((server) => server.id)
}

export function everyHours(state: Pick<State, 'settings'>): number {
  const chosen = state.settings['collect.every_hours']
  return typeof chosen === 'number' && chosen >= 0 && chosen <= 720 ? chosen : COLLECT_EVERY_HOURS
}

/** Without a password or token it would only fail every six hours. */
function canSignIn(state: Pick<State, 'secrets'>, server: Server): boolean {
  return server.connection?.auth === 'none' || Object.hasOwn(state.secrets, secretName(server.id))
}

function isDue(state: State, server: Server, everyMs: number, nowMs: number): boolean {
  const memory = collectMemory(state, server.id)
  if (memory.triedAt === null) return true
  const since = nowMs - ms(memory.triedAt)
  // A clock that was set back would stop everything until it has caught up.
  if (since < 0 || since >= everyMs) return true
  if (memory.locked.length > 0 && since >= AGAIN_MS) return true
  return since >= MINUTE && lateSince(state, server.id, memory.triedAt, nowMs)
}

/** Whether a job has become late since the last try: once, before it is called overdue. */
function lateSince(state: State, serverId: string, triedAt: string, nowMs: number): boolean {
  return Object.values(state.jobs).some((job) => {
    const { lateAt, overdueAt } = job.expectation ?? { lateAt: null, overdueAt: null }
    if (job.serverId !== serverId || job.archivedAt !== null || lateAt === null || overdueAt === null)
      return false
    // Some minutes before it would be called overdue, so that what we find out is in time.
    const at = Math.max(ms(lateAt), ms(overdueAt) - 10 * MINUTE)
    return at <= nowMs && ms(triedAt) < at
  })
}
