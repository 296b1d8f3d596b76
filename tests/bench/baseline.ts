import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import type { LoadResult } from './load-client.ts'
import type { Bench } from './measure.ts'
import { freePort } from './program.ts'

/** What the same client gets from a server that does nothing: the share of Node and the loop-back. */
export interface Baseline {
  readonly uploads1: LoadResult
  readonly uploads8: LoadResult
  readonly get: LoadResult
}

export async function measureBaseline(bench: Bench): Promise<Baseline> {
  const port = await freePort()
  const child = spawn(process.execPath, [fileURLToPath(new URL('./loopback-server.ts', import.meta.url))], {
    env: { ...process.env, PORT: String(port) },
  })
  const killIt = () => child.kill('SIGKILL')
  process.once('exit', killIt)
  const upload = { kind: 'upload', port, lines: 20, from: 0, warmUp: 400, count: 1e6 } as const
  try {
    await untilOpen(port)
    return {
      uploads1: await bench.load.run({ ...upload, clients: 1, milliseconds: bench.milliseconds }),
      uploads8: await bench.load.run({ ...upload, clients: 8, milliseconds: bench.milliseconds }),
      get: await bench.load.run({
        kind: 'get',
        port,
        path: '/',
        headers: {},
        clients: 1,
        warmUp: 200,
        count: 2000,
        milliseconds: bench.milliseconds,
      }),
    }
  } finally {
    const gone = once(child, 'exit')
    child.kill()
    await gone
    process.removeListener('exit', killIt)
  }
}

async function untilOpen(port: number): Promise<void> {
  for (let turn = 0; turn < 500; turn++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const request = http.get({ host: '127.0.0.1', port, agent: false }, (response) => {
        response.resume()
        resolve(true)
      })
      request.on('error', () => resolve(false))
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('The loop-back server did not start')
}
