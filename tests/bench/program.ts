import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { createServer } from 'node:net'

/** The real program as a child process, as `npm start` starts it. */
export interface Program {
  readonly port: number
  /** Milliseconds from starting the process to its first answer. */
  readonly startedInMs: number
  /** Megabytes of memory that are resident now, and the most there were. */
  memory(): { readonly now: number; readonly peak: number }
  stop(): Promise<void>
}

/** Starts the program on a data folder and waits for its first answer; 20 s at most. */
export async function startProgram(options: {
  command: readonly string[]
  dataDir: string
  env?: Readonly<Record<string, string>>
}): Promise<Program> {
  const port = await freePort()
  const begin = performance.now()
  const child = spawn(process.execPath, options.command, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: options.dataDir, ...options.env },
  })
  const killIt = () => child.kill('SIGKILL')
  process.once('exit', killIt) // an interrupted bench leaves nothing running
  const said = keepLast(child)
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() - begin > 20_000) {
      child.kill('SIGKILL')
      throw new Error(`The program did not start: ${said()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const startedInMs = performance.now() - begin
  return {
    port,
    startedInMs,
    memory: () => memoryOf(child.pid ?? 0),
    async stop() {
      if (child.exitCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await gone
      clearTimeout(timer)
      process.removeListener('exit', killIt)
    },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function keepLast(child: ChildProcess): () => string {
  let said = ''
  const keep = (part: Buffer) => {
    said = (said + part.toString('utf8')).slice(-2000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return () => said
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/healthz', agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on('error', () => resolve(false))
  })
}

function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
  return { now: kilobytes('VmRSS') / 1024, peak: kilobytes('VmHWM') / 1024 }
}
