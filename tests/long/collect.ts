/**
 * Collecting from 20 servers with 10 000 log rows each in one go: memory, how long the process is deaf meanwhile, how
 * soon it stops when called off, and that nothing is lost. `node tools/run.mjs tests/long/collect.ts [servers] [rows]`
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createLedger } from '../../src/domain/ledger.ts'
import { NEW_CONNECTION } from '../../src/domain/remote-reach.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { realDisk } from '../../src/store/disk.ts'
import { openStore } from '../../src/store/open.ts'
import { programArguments, programEnvironment } from '../../tools/build.mjs'
import { type DuplicatiRow, jobWithRows, startDuplicati } from '../support/duplicati-server.ts'
import { benchReports } from '../support/generator.ts'
import { rowOf } from '../support/log-row.ts'
import { remoteDesk } from '../support/remote-desk.ts'

const PASSWORD = 'correct horse'
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined }
const JOBS = 5

const [mode = '', ...numbers] = process.argv[2]?.startsWith('--')
  ? process.argv.slice(2)
  : ['', ...process.argv.slice(2)]
const count = Number(numbers[0] ?? 20)
const rowsEach = Number(numbers[1] ?? 10_000)

if (mode === '--host') await host()
else if (mode === '--measure') await measure()
else process.exit(await inOwnProcess())

/** With the memory settings of the program, and without the compiler that started this file. */
function inOwnProcess(): Promise<number> {
  const flags = programArguments(process.cwd()).filter((argument) => argument.startsWith('--'))
  const own = [...flags, process.argv[1] ?? '', '--measure', String(count), String(rowsEach)]
  const child = spawn(process.execPath, own, { stdio: 'inherit', env: programEnvironment(process.env) })
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}

async function measure(): Promise<void> {
  const { addresses, stop } = await startHost()
  const dir = mkdtempSync(join(tmpdir(), 'collect-'))
  const store = await openStore({
    dir,
    disk: realDisk,
    clock: systemClock,
    ledger: createLedger(),
    log: QUIET,
  })
  const desk = remoteDesk({
    store,
    clock: systemClock,
    log: QUIET,
    zone: 'UTC',
    secret: () => PASSWORD,
    seal: (sealed) => ({ sealed, setAt: '' }),
    audit: async () => undefined,
    said: () => undefined,
  })
  const { tls, pinnedSha256, caPem, headers, auth } = NEW_CONNECTION
  const serverIds: string[] = []
  for (const address of addresses) {
    const reach = { address, tls, pinnedSha256, caPem, headers, auth, secret: PASSWORD }
    serverIds.push((await desk.add(reach, { who: 'long', from: '', administrator: true })).serverId)
  }

  let mostRss = 0
  const watch = setInterval(() => {
    mostRss = Math.max(mostRss, process.memoryUsage.rss())
  }, 50)
  const deaf = monitorEventLoopDelay({ resolution: 5 })
  deaf.enable()
  const begin = performance.now()
  const cpu = process.cpuUsage()

  const off = new AbortController()
  let calledOffAt = 0
  const onProgress = () => {
    if (calledOffAt > 0 || store.history.size < (count * rowsEach) / 10) return
    calledOffAt = performance.now()
    off.abort()
  }
  await desk.collect({ serverIds, signal: off.signal, onProgress })
  const stoppedAfter = performance.now() - calledOffAt
  const kept = store.history.size

  const results = await desk.collect({ serverIds })
  deaf.disable()
  clearInterval(watch)
  const used = process.cpuUsage(cpu)
  const seconds = (performance.now() - begin) / 1000
  const failed = results.flatMap((one) => one.failed)
  const facts = {
    'runs, wanted': count * rowsEach,
    'runs, recorded': store.history.size,
    'kept when called off': kept,
    failed: failed.length,
    seconds: Math.round(seconds),
    'processor s': Math.round((used.user + used.system) / 1e6),
    'rows a second': Math.round((count * rowsEach) / seconds),
    'RSS MB (200)': Math.round(mostRss / 1e6),
    'deaf p99 ms (50)': Math.round(deaf.percentile(99) / 1e6),
    'deaf most ms': Math.round(deaf.max / 1e6),
    'called off after ms (1000)': Math.round(stoppedAfter),
  }
  console.table(facts)
  await store.close()
  stop()
  rmSync(dir, { recursive: true, force: true })
  const lost = store.history.size !== count * rowsEach || failed.length > 0
  process.exit(lost || stoppedAfter > 1000 || mostRss > 200e6 ? 1 : 0)
}

async function startHost(): Promise<{ addresses: string[]; stop: () => void }> {
  const child = spawn(process.execPath, [process.argv[1] ?? '', '--host', String(count), String(rowsEach)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise<string>((resolve) => {
    let text = ''
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString()
      if (text.includes('\n')) resolve(text)
    })
  })
  return { addresses: JSON.parse(line) as string[], stop: () => child.kill() }
}

/** The servers, in a process of their own, so that their memory is not counted. */
async function host(): Promise<void> {
  const addresses: string[] = []
  for (let n = 0; n < count; n++) {
    const server = await startDuplicati({
      machineId: n.toString(16).padStart(32, 'a'),
      machineName: `server-${n}`,
    })
    addresses.push(server.address)
    for (let id = 1; id <= JOBS; id++) {
      server.jobs.push({
        ...jobWithRows(id, `Job ${id}`, [], new Date()),
        rows: madeRows(rowsEach / JOBS, n * JOBS + id),
      })
    }
  }
  console.log(JSON.stringify(addresses))
}

/** Rows whose text is written when it is asked for: 200 000 of them would need more than a gigabyte. */
function madeRows(size: number, seed: number): DuplicatiRow[] {
  const [report] = [...benchReports({ count: 1, until: new Date(), servers: 1, jobs: 1, lines: 20, seed })]
  if (report === undefined) return []
  const pattern = rowOf(report.document, 1)
  const begin = String(report.document.Data['BeginTime'])
  const end = String(report.document.Data['EndTime'])
  const now = Date.now()
  return Array.from({ length: size }, (_, index) => {
    const at = new Date(now - (size - index) * 14_400_000)
    return {
      ID: index + 1,
      Timestamp: Math.floor(at.getTime() / 1000) + 300,
      Type: 'Result',
      get Message() {
        const ended = new Date(at.getTime() + 300_000).toISOString()
        return pattern.Message.replaceAll(begin, at.toISOString()).replaceAll(end, ended)
      },
    }
  })
}
