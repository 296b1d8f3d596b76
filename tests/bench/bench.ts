/**
 * `npm run bench [-- --quick --write --no-build]`: every promised figure, measured on the real program in a process of its
 * own, with another process as the client. `--write` puts the tables into docs/performance.md.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildIfOlder, programArguments } from '../../tools/build.mjs'
import { fillFolder } from '../support/fill.ts'
import { benchReports } from '../support/generator.ts'
import { measureBaseline } from './baseline.ts'
import { measureCollect } from './collect.ts'
import { fsyncRate } from './fsync-rate.ts'
import { measureGuessing } from './guessing.ts'
import { measureImport } from './import.ts'
import { installSize } from './install-size.ts'
import { startLoad } from './load.ts'
import { type Bench, FIRST_PASSWORD, measureDetail, measureRounds, measureSlowDisk } from './measure.ts'
import { measureMqtt } from './mqtt.ts'
import { measurePaint } from './paint.ts'
import { startProgram } from './program.ts'
import { asMarkdown, type Report, writeDocument } from './tables.ts'
import { verdicts } from './targets.ts'

const quick = process.argv.includes('--quick')
const root = process.cwd()
const begin = performance.now()
const scratch = mkdtempSync(join(tmpdir(), 'duplistatus-bench-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
process.on('SIGINT', () => process.exit(130))

if (!process.argv.includes('--no-build')) await buildIfOlder(root)
const load = startLoad()
const bench: Bench = {
  root,
  load,
  sizes: quick ? [0, 2000] : [0, 10_000, 50_000],
  milliseconds: quick ? 500 : 2000,
  rounds: quick ? 1 : 5,
  say: (what) =>
    console.error(`${String(Math.round((performance.now() - begin) / 1000)).padStart(4)} s  ${what}`),
  folder: (size) => {
    const copy = mkdtempSync(join(scratch, 'data-'))
    cpSync(template(size), copy, { recursive: true })
    // Else the copy itself is still being written while a start and the first fsyncs are measured.
    execFileSync('sync')
    return copy
  },
}

const fsyncBefore = fsyncRate(scratch)
bench.say('Measuring the loop-back of this machine')
const baseline = await measureBaseline(bench)
for (const size of bench.sizes) await fill(size)
const rounds = await measureRounds(bench)
const details = []
for (const size of bench.sizes) details.push(await measureDetail(bench, size))
const slowDisk = await measureSlowDisk(bench, scratch)
const collection = await measureCollect(bench, quick ? 500 : 10_000)
const imported = await measureImport(bench, scratch, quick ? 1000 : 50_000)
const guessing = await measureGuessing(bench, quick ? 1000 : 10_000)
bench.say('Painting the overview in a browser')
const paint = await measurePaint(bench, quick ? 2000 : 10_000)
load.end()
const mqtt = await measureMqtt(bench, scratch)

const report: Report = {
  quick,
  machine: {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    commit: commitName(),
    fsyncs: [fsyncBefore, fsyncRate(scratch)],
  },
  baseline,
  rounds,
  details,
  slowDisk,
  collection,
  guessing,
  imported,
  paint,
  mqtt,
  install: installSize(root),
}
const judged = verdicts(report)
console.log(asMarkdown(report, judged))
if (process.argv.includes('--write')) writeDocument(root, report, judged)
bench.say(
  `Done: ${judged.filter((one) => one.reached).length} reached, ${judged.filter((one) => !one.reached).length} missed`,
)

function template(size: number): string {
  return join(scratch, `template-${size}`)
}

async function fill(size: number): Promise<void> {
  bench.say(`Filling a folder with ${size} runs`)
  const until = new Date()
  // Old logs are past retention in a real folder too.
  const reports = benchReports({ count: size, until, linesOfLast: { count: 9000, lines: 20 } })
  await fillFolder(template(size), { reports, until })
  await runOnce(template(size))
}

/** As any start but the first: months have their index, and the first user is there. */
async function runOnce(dataDir: string): Promise<void> {
  const program = await startProgram({
    command: programArguments(root),
    dataDir,
    env: { LOG_LEVEL: 'warn', TZ: 'UTC', ADMIN_PASSWORD: FIRST_PASSWORD },
  })
  await program.stop()
}

function commitName(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).toString().trim()
  } catch {
    return 'unknown'
  }
}
