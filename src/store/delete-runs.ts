import { Failure } from '../domain/failure.ts'
import type { Clock } from '../kit/clock.ts'
import type { AppendQueue, Item } from './append-queue.ts'
import type { RunTable } from './run-table.ts'
import { markLine } from './segment-file.ts'
import type { Shelf } from './shelf.ts'

const NOS_A_LINE = 1000

interface Parts {
  readonly table: RunTable
  readonly shelf: Shelf
  readonly queue: AppendQueue
  readonly clock: Clock
  readonly makeRoom: () => Promise<boolean>
}

/** Deletes runs by tombstones; gives how many there were. On a full disk the ballast makes room for them. */
export async function deleteRuns(parts: Parts, nos: readonly number[]): Promise<number> {
  const { table, shelf, clock } = parts
  const there = [...new Set(nos)].filter((no) => table.rowOf(no) !== null)
  let deleted = 0
  for (let from = 0; from < there.length; from += NOS_A_LINE) {
    const some = there.slice(from, from + NOS_A_LINE)
    const line = markLine({ op: 'del', nos: some, at: clock.now().toISOString() })
    await appendMark(parts, line, () => {
      for (const no of some) {
        const at = table.delete(no)
        shelf.bury(at)
        if (at !== null) deleted++
      }
    })
  }
  return deleted
}

/** Makes the runs of one job, or just some runs, those of another. */
export async function moveRuns(
  parts: Parts,
  from: { readonly jobId: string } | { readonly nos: readonly number[] },
  to: { readonly serverId: string; readonly jobId: string },
): Promise<void> {
  const { table, clock } = parts
  const mark = { op: 'move', server: to.serverId, job: to.jobId, at: clock.now().toISOString() } as const
  if ('jobId' in from) {
    await appendMark(parts, markLine({ ...mark, from: from.jobId }), () => table.move(from.jobId, to))
    return
  }
  for (let first = 0; first < from.nos.length; first += NOS_A_LINE) {
    const nos = from.nos.slice(first, first + NOS_A_LINE)
    await appendMark(parts, markLine({ ...mark, from: '', nos }), () => table.moveSome(nos, to))
  }
}

async function appendMark(parts: Parts, line: Buffer, done: () => void): Promise<void> {
  try {
    await append(parts.queue, line, done)
  } catch (error) {
    const full = error instanceof Failure && error.code === 'no-room'
    if (!full || !(await parts.makeRoom())) throw error
    await append(parts.queue, line, done)
  }
}

function append(queue: AppendQueue, line: Buffer, done: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const item: Item = {
      block: null,
      blockLines: 0,
      receivedMs: 0,
      numbered: false,
      line: () => line,
      done: () => {
        done()
        resolve()
      },
      fail: reject,
    }
    queue.add(item)
  })
}
