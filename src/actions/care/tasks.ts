import { Failure } from '../../domain/failure.ts'
import { type Text, text } from '../../domain/text.ts'
import type { Clock } from '../../kit/clock.ts'

/** Long work that somebody began on a page: how far it is, and what came of it. */
export interface TaskView {
  readonly startedAt: string
  readonly by: string
  readonly done: number
  /** 0 while unknown. */
  readonly of: number
  /** null while it goes on. */
  readonly finishedAt: string | null
  /** What came of it, as a sentence. */
  readonly outcome: Text | null
  readonly failed: boolean
}

export interface Tasks {
  /** The last one of this name since the start; null for none. */
  view(name: string): TaskView | null
  /** Begins it and comes back at once. @throws Failure `conflict` while another goes on */
  begin(name: string, by: string, work: Work): void
  /** Asks it to stop. */
  cancel(name: string): void
  /** Stops all and waits for their end. */
  stop(): Promise<void>
}

export type Work = (tell: (done: number, of: number) => void, signal: AbortSignal) => Promise<Text>

const TELL_MS = 300

/** One piece of long work at a time. */
export function createTasks(needs: {
  readonly clock: Clock
  /** What nobody foresaw. */
  onBug(error: unknown, name: string): void
  /** Progress, a few times a second. */
  told(name: string, view: TaskView): void
}): Tasks {
  const { clock } = needs
  const views = new Map<string, TaskView>()
  let running: { name: string; abort: AbortController; end: Promise<void> } | null = null
  const put = (name: string, change: Partial<TaskView>) => {
    const before = views.get(name)
    if (before !== undefined) views.set(name, { ...before, ...change })
  }
  const tell = (name: string) => {
    const view = views.get(name)
    if (view !== undefined) needs.told(name, view)
  }
  async function run(name: string, work: Work, signal: AbortSignal): Promise<void> {
    let toldAt = Number.NEGATIVE_INFINITY
    const step = (done: number, of: number) => {
      put(name, { done, of })
      if (clock.elapsedMs() - toldAt < TELL_MS) return
      toldAt = clock.elapsedMs()
      tell(name)
    }
    const ended = await work(step, signal).then(
      (outcome) => ({ outcome, failed: false }),
      (error: unknown) => ({ outcome: reasonOf(error, signal), failed: true, error }),
    )
    if ('error' in ended && !(ended.error instanceof Failure) && !signal.aborted)
      needs.onBug(ended.error, name)
    put(name, { outcome: ended.outcome, failed: ended.failed, finishedAt: clock.now().toISOString() })
    running = null
    tell(name)
  }
  return {
    view: (name) => views.get(name) ?? null,
    begin(name, by, work) {
      if (running !== null) throw new Failure('conflict', text('care.task.busy'))
      const abort = new AbortController()
      const startedAt = clock.now().toISOString()
      views.set(name, { startedAt, by, done: 0, of: 0, finishedAt: null, outcome: null, failed: false })
      running = { name, abort, end: Promise.resolve() }
      running.end = run(name, work, abort.signal)
    },
    cancel(name) {
      if (running?.name === name) running.abort.abort()
    },
    async stop() {
      running?.abort.abort()
      await running?.end
    },
  }
}

function reasonOf(error: unknown, signal: AbortSignal): Text {
  if (signal.aborted) return text('care.task.cancelled')
  return error instanceof Failure ? error.text : text('care.task.bug')
}
