import type { Text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { type Actor, type AuditLine, mustAdminister, signed } from './actor.ts'
import type { Collected, CollectProgress } from './collect-needs.ts'
import type { CollectRequest } from './collect-runs.ts'

export interface CollectDeskNeeds {
  readonly clock: Clock
  collect(request: CollectRequest): Promise<readonly Collected[]>
  audit(line: AuditLine): Promise<void>
  /** Something shown of it has changed. */
  onProgress(progress: CollectProgress): void
}

/** One server in a collection that somebody asked for. */
export interface CollectLine {
  readonly serverId: string
  readonly progress: CollectProgress
  /** null while it goes on. */
  readonly result: Collected | null
}

export interface CollectGoing {
  readonly startedAt: string
  readonly endedAt: string | null
  readonly lines: readonly CollectLine[]
}

/** Collecting that people asked for: it goes on while they look elsewhere, and its end can be read afterwards. */
export interface CollectDesk {
  /** Begins, or joins what goes on; who asks for a server twice gets it once. Does not wait. */
  start(serverIds: readonly string[], by: Actor): void
  /** What goes on, else what ended last; null where nothing was asked for since the start. */
  look(): CollectGoing | null
  /** Calls everything off that people asked for. What was recorded until then is kept. */
  cancel(by: Actor): void
  /** Progress of collecting that began elsewhere, for a server that somebody waits for here. */
  heard(progress: CollectProgress): void
  stop(): Promise<void>
}

/** Every change of step is told at once, everything else at most this often. */
const TELL_MS = 300

export function createCollectDesk(needs: CollectDeskNeeds): CollectDesk {
  const lines = new Map<string, CollectLine>()
  const going = new Set<{ readonly off: AbortController; readonly ended: Promise<void> }>()
  let startedAt = ''
  let endedAt: string | null = null
  let toldMs = 0

  function heard(progress: CollectProgress): void {
    const line = lines.get(progress.serverId)
    if (line !== undefined && line.result === null) lines.set(progress.serverId, { ...line, progress })
    const nowMs = needs.clock.elapsedMs()
    if (line?.progress.step === progress.step && Math.abs(nowMs - toldMs) < TELL_MS) return
    toldMs = nowMs
    needs.onProgress(progress)
  }

  async function collect(serverIds: readonly string[], by: Actor, signal: AbortSignal): Promise<void> {
    const results = await needs.collect({ serverIds, signal, onProgress: heard })
    for (const result of results) {
      const line = lines.get(result.serverId)
      const progress = { ...(line?.progress ?? waiting(result.serverId)), step: endOf(result) }
      lines.set(result.serverId, { serverId: result.serverId, progress, result })
      await needs.audit(auditLine(result, by))
    }
  }

  return {
    start(serverIds, by) {
      mustAdminister(by)
      if (going.size === 0) lines.clear()
      const fresh = [...new Set(serverIds)].filter(
        (id) => lines.get(id) === undefined || isOver(lines.get(id)),
      )
      if (fresh.length === 0) return
      if (going.size === 0) startedAt = needs.clock.now().toISOString()
      endedAt = null
      for (const serverId of fresh)
        lines.set(serverId, { serverId, progress: waiting(serverId), result: null })
      const off = new AbortController()
      const one = {
        off,
        ended: collect(fresh, by, off.signal).finally(() => {
          going.delete(one)
          if (going.size === 0) endedAt = needs.clock.now().toISOString()
          const last = fresh.at(-1)
          if (last !== undefined) needs.onProgress(lines.get(last)?.progress ?? waiting(last))
        }),
      }
      going.add(one)
    },
    look: () => (startedAt === '' ? null : { startedAt, endedAt, lines: [...lines.values()] }),
    cancel(by) {
      mustAdminister(by)
      for (const { off } of going) off.abort()
    },
    heard,
    async stop() {
      for (const { off } of going) off.abort()
      await Promise.all([...going].map(({ ended }) => ended))
    },
  }
}

function isOver(line: CollectLine | undefined): boolean {
  return line !== undefined && line.result !== null
}

function endOf(result: Collected): CollectProgress['step'] {
  if (result.stopped) return 'stopped'
  return troubleOf(result) === null ? 'done' : 'failed'
}

/** Why the server itself could not be collected from; null where it could. */
export function troubleOf(result: Collected): Text | null {
  return result.failed.find(({ job }) => job === null)?.reason ?? null
}

function auditLine(result: Collected, by: Actor): AuditLine {
  const line = { action: 'server.collect', ...signed(by), target: result.serverId }
  if (result.stopped) return { ...line, result: 'failed', reason: 'stopped' }
  const trouble = troubleOf(result)
  return trouble === null ? { ...line, result: 'done' } : { ...line, result: 'failed', reason: trouble.key }
}

function waiting(serverId: string): CollectProgress {
  return {
    serverId,
    step: 'waiting',
    job: null,
    jobsDone: 0,
    jobsOf: null,
    rows: 0,
    recorded: 0,
    known: 0,
    failed: 0,
  }
}
