import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LoadOrder, LoadResult } from './load-client.ts'

/** Puts load on a port from another process, one order at a time. */
export interface Load {
  run(order: LoadOrder): Promise<LoadResult>
  end(): void
}

export function startLoad(): Load {
  const child: ChildProcess = fork(fileURLToPath(new URL('./load-client.ts', import.meta.url)))
  return {
    async run(order) {
      child.send(order)
      const [answer] = (await once(child, 'message')) as [{ result?: LoadResult; error?: string }]
      if (answer.result === undefined) throw new Error(`The load on ${order.port} failed: ${answer.error}`)
      return answer.result
    },
    end: () => child.disconnect(),
  }
}
