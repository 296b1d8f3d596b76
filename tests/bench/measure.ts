import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { programArguments, programEnvironment } from '../../tools/build.mjs'
import type { Load } from './load.ts'
import type { LoadResult } from './load-client.ts'
import { type Program, startProgram } from './program.ts'
import { signIn } from './sign-in.ts'

/** What a measurement may use. */
export interface Bench {
  readonly root: string
  readonly load: Load
  readonly sizes: readonly number[]
  readonly milliseconds: number
  readonly rounds: number
  say(what: string): void
  /** A fresh copy of the data folder with so many runs. */
  folder(size: number): string
}

/** Medians of alternating rounds: so drift of the machine falls on every size alike. */
export interface Rounds {
  readonly size: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly startMs: number
  readonly all: readonly number[]
  readonly refusal: string
}

export interface Detail {
  readonly size: number
  readonly atRest: number
  readonly afterReads: number
  readonly duringLoad: number
  readonly afterLoad: number
  readonly reads: readonly Read[]
  readonly uploads: readonly Upload[]
}

export interface Read {
  readonly name: string
  readonly plain: LoadResult
  readonly gzip: LoadResult
}

export interface Upload {
  readonly clients: number
  readonly lines: number
  readonly result: LoadResult
}

export const FIRST_PASSWORD = 'Bench-only-1'

/** Starts the real program, with the flags of `npm start`, on a fresh copy. */
export async function withProgram<T>(
  bench: Pick<Bench, 'root' | 'folder'>,
  size: number,
  work: (program: Program) => Promise<T>,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const dataDir = bench.folder(size)
  const program = await startProgram({
    command: programArguments(bench.root),
    dataDir,
    env: {
      ...definedOnly(programEnvironment({})),
      LOG_LEVEL: 'warn',
      ADMIN_PASSWORD: FIRST_PASSWORD,
      TZ: 'UTC',
      ...env,
    },
  })
  try {
    return await work(program)
  } finally {
    await program.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Until here V8 still compiles what it runs, which takes a third of the machine: a program that has run a while does not. */
const WARM_UP = 4000

/** 8 clients, 20 lines: the promised figure, at every size in turn. */
export async function measureRounds(bench: Bench): Promise<Rounds[]> {
  const seen = new Map<number, { startMs: number; result: LoadResult }[]>(
    bench.sizes.map((size) => [size, []]),
  )
  for (let round = 1; round <= bench.rounds; round++) {
    for (const size of bench.sizes) {
      bench.say(`Round ${round} of ${bench.rounds}: uploads at ${size} runs`)
      const one = await withProgram(bench, size, async (program) => ({
        startMs: program.startedInMs,
        result: await upload(bench, program, 8, 20, { from: 0, warmUp: WARM_UP }),
      }))
      seen.get(size)?.push(one)
    }
  }
  return bench.sizes.map((size) => {
    const all = seen.get(size) ?? []
    const middle = (pick: (one: (typeof all)[number]) => number) => median(all.map(pick))
    return {
      size,
      perSecond: middle((one) => one.result.perSecond),
      p50: middle((one) => one.result.p50),
      p99: middle((one) => one.result.p99),
      startMs: middle((one) => one.startMs),
      all: all.map((one) => one.result.perSecond),
      refusal: all.find((one) => one.result.refused > 0)?.result.firstRefusal ?? '',
    }
  })
}

/** Memory, reads and the other uploads at one size. */
export function measureDetail(bench: Bench, size: number): Promise<Detail> {
  return withProgram(bench, size, async (program) => {
    await new Promise((resolve) => setTimeout(resolve, bench.milliseconds))
    const atRest = program.memory().now
    const reads = await measureReads(bench, program, size)
    const afterReads = program.memory().now
    const uploads: Upload[] = []
    let from = 1_000_000
    for (const lines of [0, 20, 500]) {
      for (const clients of [1, 8]) {
        bench.say(`Uploads at ${size} runs: ${clients} clients, ${lines} lines`)
        const result = await upload(bench, program, clients, lines, { from })
        uploads.push({ clients, lines, result })
        from += result.count + 1000
      }
    }
    const { now, peak } = program.memory()
    return { size, atRest, afterReads, duringLoad: peak, afterLoad: now, reads, uploads }
  })
}

async function measureReads(bench: Bench, program: Program, size: number): Promise<Read[]> {
  bench.say(`Reads at ${size} runs`)
  const headers = await signIn(program.port, 'admin', FIRST_PASSWORD)
  const reads: Read[] = []
  for (const [name, path] of await pathsToRead(program.port)) {
    const get = (extra: Record<string, string>) =>
      bench.load.run({
        kind: 'get',
        port: program.port,
        path,
        headers: { ...headers, ...extra },
        clients: 1,
        warmUp: 40,
        count: 400,
        milliseconds: bench.milliseconds / 2,
      })
    const plain = await get({})
    reads.push({ name, plain, gzip: await get({ 'Accept-Encoding': 'gzip' }) })
  }
  return reads
}

/** Addresses of a server and a job are taken from the API; without any, their pages are left out. */
async function pathsToRead(port: number): Promise<[name: string, path: string][]> {
  const paths: [string, string][] = [
    ['/api/summary', '/api/summary'],
    ['/api/v1/summary', '/api/v1/summary'],
    ['/api/v1/jobs', '/api/v1/jobs'],
    ['/metrics', '/metrics'],
    ['overview', '/'],
  ]
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/jobs`)
  const { jobs = [] } = (await answer.json()) as {
    jobs?: { id: string; server_id: string; server: string }[]
  }
  const [job] = jobs
  if (job === undefined) return paths
  return [
    ...paths,
    ['/api/lastbackup', `/api/lastbackup/${encodeURIComponent(job.server)}`],
    ['server page', `/servers/${job.server_id}`],
    ['job page', `/jobs/${job.id}`],
  ]
}

/** The same at 8 clients where each fsync takes 10 ms more; null where there is no compiler for the shim. */
export async function measureSlowDisk(
  bench: Bench,
  scratch: string,
): Promise<{ size: number; result: LoadResult } | null> {
  const library = slowFsync(scratch)
  const size = bench.sizes.at(-1)
  if (library === null || size === undefined) return null
  bench.say('Uploads with 10 ms for every fsync')
  const env = { LD_PRELOAD: library }
  return {
    size,
    result: await withProgram(bench, size, (program) => upload(bench, program, 8, 20, { from: 0 }), env),
  }
}

function slowFsync(scratch: string): string | null {
  const source = join(scratch, 'slow-fsync.c')
  const library = join(scratch, 'slow-fsync.so')
  writeFileSync(
    source,
    `#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int slowly(const char *name, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  usleep(10000);
  return real(fd);
}
int fsync(int fd) { return slowly("fsync", fd); }
int fdatasync(int fd) { return slowly("fdatasync", fd); }
`,
  )
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'], { stdio: 'ignore' })
    return library
  } catch {
    return null
  }
}

function upload(
  bench: Bench,
  program: Program,
  clients: number,
  lines: number,
  { from, warmUp = clients * 100 }: { readonly from: number; readonly warmUp?: number },
): Promise<LoadResult> {
  return bench.load.run({
    kind: 'upload',
    port: program.port,
    clients,
    lines,
    from,
    warmUp,
    count: 1e6,
    milliseconds: bench.milliseconds,
  })
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
