import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import { startManyServers } from '../support/many-servers.ts'
import { type Bench, FIRST_PASSWORD, withProgram } from './measure.ts'
import { freePort, type Program } from './program.ts'
import { signIn } from './sign-in.ts'

/** What came of collecting from many servers in one go, while a visitor looks at the overview. */
export interface Collection {
  readonly servers: number
  readonly rowsEach: number
  /** Runs in the history at the end. */
  readonly recorded: number
  /** Of them in the second go, which ends by itself. */
  readonly perSecond: number
  /** Most resident memory of the program, megabytes. */
  readonly peak: number
  readonly overview: Waits
  /** The same visitor at a server that does nothing, at the same time: what the machine lets him wait. */
  readonly loopback: Waits
  /** Milliseconds from asking to stop until nothing goes on. */
  readonly cancelMs: number
}

export interface Waits {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const SERVERS = 20
const EVERY_MS = 100

/** Begins, is called off, begins again and ends; the servers and the visitor are other processes. */
export async function measureCollect(
  bench: Pick<Bench, 'root' | 'folder' | 'say'>,
  rowsEach: number,
): Promise<Collection> {
  bench.say(`Collecting from ${SERVERS} servers with ${rowsEach} rows each`)
  const servers = await startManyServers(SERVERS, rowsEach)
  const nothing = await startNothing()
  try {
    return await withProgram(bench, 0, async (program) => {
      const visitor = await visit(program)
      await visitor.post('/settings/servers', {
        addresses: servers.addresses.join('\n'),
        secret: 'correct horse',
        do: 'add',
      })
      await until(
        async () => (await visitor.page('/settings/collecting')).split('name="server"').length > SERVERS,
      )
      const cancelMs = await measureCancel(visitor, (SERVERS * rowsEach) / 10)
      const before = await visitor.runs()
      const begin = performance.now()
      await visitor.post('/collect', { do: 'all' })
      const overview = paced({ port: program.port, path: '/', headers: visitor.headers })
      const loopback = paced({ port: nothing.port, path: '/', headers: {} })
      await until(async () => !(await visitor.isCollecting()))
      const seconds = (performance.now() - begin) / 1000
      const waits = { overview: await overview(), loopback: await loopback() }
      const recorded = await visitor.runs()
      const perSecond = (recorded - before) / seconds
      const { peak } = program.memory()
      return { servers: SERVERS, rowsEach, recorded, perSecond, peak, ...waits, cancelMs }
    })
  } finally {
    await Promise.all([servers.stop(), nothing.stop()])
  }
}

async function measureCancel(visitor: Visitor, after: number): Promise<number> {
  await visitor.post('/collect', { do: 'all' })
  await until(async () => (await visitor.runs()) >= after)
  const begin = performance.now()
  await visitor.post('/collect/stop', {})
  await until(async () => !(await visitor.isCollecting()), 20)
  return performance.now() - begin
}

interface Visitor {
  readonly headers: Readonly<Record<string, string>>
  page(path: string): Promise<string>
  post(path: string, fields: Record<string, string>): Promise<void>
  runs(): Promise<number>
  isCollecting(): Promise<boolean>
}

async function visit(program: Program): Promise<Visitor> {
  const address = `http://127.0.0.1:${program.port}`
  const headers = await signIn(program.port, 'admin', FIRST_PASSWORD)
  const page = async (path: string) => await (await fetch(`${address}${path}`, { headers })).text()
  return {
    headers,
    page,
    async post(path, fields) {
      const body = new URLSearchParams(fields)
      const answer = await fetch(`${address}${path}`, { method: 'POST', headers, body, redirect: 'manual' })
      if (answer.status !== 303) throw new Error(`${path} answered ${answer.status}`)
    },
    runs: async () => Number(/^duplistatus_runs (\d+)/m.exec(await page('/metrics'))?.[1] ?? 0),
    isCollecting: async () => (await page('/settings/collecting')).includes('action="/collect/stop"'),
  }
}

async function until(isSo: () => Promise<boolean>, everyMs = 250): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, everyMs))
}

/** Asks ten times a second, each time on time whatever came of the last; gives the waits when it is ended. */
function paced(target: http.RequestOptions & { port: number }): () => Promise<Waits> {
  const agent = new http.Agent({ keepAlive: true })
  const waits: number[] = []
  const open = new Set<Promise<void>>()
  const ask = () => {
    const begin = performance.now()
    const one = new Promise<void>((resolve, reject) => {
      const request = http.get({ host: '127.0.0.1', agent, ...target }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${target.path} answered ${response.statusCode}`))
        response.resume()
        response.on('end', () => {
          waits.push(performance.now() - begin)
          resolve()
        })
      })
      request.on('error', reject)
    })
    open.add(one)
    one.finally(() => open.delete(one)).catch(() => undefined)
  }
  const timer = setInterval(ask, EVERY_MS)
  return async () => {
    clearInterval(timer)
    await Promise.all(open)
    agent.destroy()
    waits.sort((one, other) => one - other)
    const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0
    return { count: waits.length, p50: at(0.5), p99: at(0.99), max: at(1) }
  }
}

async function startNothing(): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort()
  const script = fileURLToPath(new URL('./loopback-server.ts', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [script], {
    env: { ...process.env, PORT: String(port) },
  })
  return {
    port,
    async stop() {
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
}
