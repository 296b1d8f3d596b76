import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Baseline } from './baseline.ts'
import type { Collection } from './collect.ts'
import type { Guessing } from './guessing.ts'
import type { Import } from './import.ts'
import type { LoadResult } from './load-client.ts'
import type { Detail, Rounds } from './measure.ts'
import type { MqttFigures } from './mqtt.ts'
import type { Paint } from './paint.ts'
import { runs, type Verdict } from './targets.ts'

/** Everything that a bench found. */
export interface Report {
  readonly quick: boolean
  readonly machine: {
    readonly processor: string
    readonly cores: number
    readonly node: string
    readonly commit: string
    /** Appends of 4 kB made durable a second, before and after. */
    readonly fsyncs: readonly number[]
  }
  readonly baseline: Baseline
  readonly rounds: readonly Rounds[]
  readonly details: readonly Detail[]
  readonly slowDisk: { readonly size: number; readonly result: LoadResult } | null
  readonly collection: Collection
  readonly guessing: Guessing
  readonly imported: Import
  readonly paint: Paint | null
  readonly mqtt: MqttFigures | null
  readonly install: { readonly packages: number; readonly megabytes: number; readonly ours: number }
}

export function asMarkdown(report: Report, judged: readonly Verdict[]): string {
  return [
    ...machineLines(report),
    '',
    '### Promises',
    '',
    ...table(
      ['What', 'Target', 'Measured', ''],
      judged.map((one) => [one.what, one.target, one.measured, one.reached ? 'reached' : '**missed**']),
    ),
    '',
    '### Uploads, each one fsynced',
    '',
    `Median of ${report.rounds[0]?.all.length ?? 0} alternating rounds, 8 clients, 20 log lines:`,
    '',
    ...table(
      ['', 'a second', 'p50 ms', 'p99 ms', 'of the loop-back', 'rounds', 'start s'],
      report.rounds.map((one) => [
        runs(one.size),
        one.perSecond.toFixed(0),
        one.p50.toFixed(1),
        one.p99.toFixed(1),
        share(one.perSecond, report.baseline.uploads8.perSecond),
        one.all.map((rate) => rate.toFixed(0)).join(' '),
        (one.startMs / 1000).toFixed(2),
      ]),
    ),
    '',
    ...uploadTable(report),
    '',
    '### Reads, one client',
    '',
    ...readTable(report),
    '',
    '### Memory (resident, MB)',
    '',
    ...table(
      ['', 'at rest', 'after the reads', 'most during all loads', 'after all loads'],
      report.details.map((one) => [
        runs(one.size),
        ...[one.atRest, one.afterReads, one.duringLoad, one.afterLoad].map((value) => value.toFixed(0)),
      ]),
    ),
    '',
    '### Collecting',
    '',
    ...collectLines(report.collection),
    ...guessLines(report.guessing),
    '',
    '### Import',
    '',
    importLine(report.imported),
    '',
    '### Weight',
    '',
    `Production install: ${report.install.packages} packages, ${report.install.megabytes.toFixed(1)} MB; the program itself ${report.install.ours.toFixed(1)} MB.`,
    paintLine(report.paint),
    mqttLine(report.mqtt),
    '',
  ].join('\n')
}

const BEGIN = '<!-- bench: begin -->'
const END = '<!-- bench: end -->'

/** Puts the tables between the marks of docs/performance.md; the words around them stay. */
export function writeDocument(root: string, report: Report, judged: readonly Verdict[]): void {
  const path = join(root, 'docs', 'performance.md')
  const before = readFileSync(path, 'utf8')
  const [head = '', rest = ''] = before.split(BEGIN)
  const tail = rest.split(END)[1] ?? '\n'
  writeFileSync(path, `${head}${BEGIN}\n\n${asMarkdown(report, judged)}\n${END}${tail}`)
}

function machineLines({ machine, baseline, quick, slowDisk }: Report): string[] {
  const [before = 0, after = 0] = machine.fsyncs
  return [
    `${quick ? 'A quick run. ' : ''}${machine.processor}, ${machine.cores} cores, Node ${machine.node}, commit ${machine.commit}.`,
    `Durable appends of 4 kB: ${before.toFixed(0)} a second before, ${after.toFixed(0)} after.`,
    `Loop-back (a server that does nothing, the same client): ${rate(baseline.uploads1)} with 1 client, ${rate(baseline.uploads8)} with 8, a read ${baseline.get.p50.toFixed(2)} ms.`,
    slowDisk === null
      ? 'No compiler: the slow disk was left out.'
      : `With 10 ms for every fsync, 8 clients, 20 lines, ${runs(slowDisk.size)}: ${rate(slowDisk.result)}.`,
  ]
}

function rate(result: LoadResult): string {
  return `${result.perSecond.toFixed(0)}/s (p50 ${result.p50.toFixed(2)}, p99 ${result.p99.toFixed(2)} ms)`
}

function uploadTable(report: Report): string[] {
  const cases = report.details[0]?.uploads ?? []
  return table(
    ['clients, lines (body)', ...report.details.map((one) => `${runs(one.size)}: a second, p50, p99 ms`)],
    cases.map((one, position) => [
      `${one.clients}, ${one.lines} (${(one.result.sentBytes / 1000).toFixed(0)} kB)`,
      ...report.details.map(({ uploads }) => cell(uploads[position]?.result)),
    ]),
  )
}

function cell(result: LoadResult | undefined): string {
  if (result === undefined) return '–'
  if (result.refused > 0)
    return `refused ${result.refused} of ${result.count}: ${result.firstRefusal.slice(0, 60)}`
  return `${result.perSecond.toFixed(0)}, ${result.p50.toFixed(1)}, ${result.p99.toFixed(1)}`
}

function readTable(report: Report): string[] {
  const names = [...new Set(report.details.flatMap(({ reads }) => reads.map((read) => read.name)))]
  return table(
    ['', ...report.details.map((one) => `${runs(one.size)}: p50, p99 ms (gzip p50); kB (gzip)`)],
    names.map((name) => [
      name,
      ...report.details.map(({ reads }) => {
        const read = reads.find((one) => one.name === name)
        if (read === undefined) return '–'
        if (read.plain.refused > 0) return read.plain.firstRefusal.slice(0, 40)
        const { plain, gzip } = read
        return `${plain.p50.toFixed(2)}, ${plain.p99.toFixed(2)} (${gzip.p50.toFixed(2)}); ${kilo(plain)} (${kilo(gzip)})`
      }),
    ]),
  )
}

function kilo(result: LoadResult): string {
  return (result.bytes / 1000).toFixed(1)
}

function guessLines({ attempts, perSecond, before, meanwhile, after, ownerMs }: Guessing): string[] {
  const owner = ownerMs === null ? 'was refused' : `was in after ${ownerMs.toFixed(0)} ms`
  return [
    '### Guessing',
    '',
    `${attempts} wrong sign-ins from one address over 64 connections (${perSecond.toFixed(0)} a second) beside uploads from 8 clients:`,
    `uploads p99 ${before.p99.toFixed(1)} ms before, ${meanwhile.p99.toFixed(1)} ms meanwhile, ${after.p99.toFixed(1)} ms after; ${meanwhile.perSecond.toFixed(0)} a second meanwhile.`,
    `The owner, from another address, ${owner}.`,
    '',
  ]
}

function collectLines({ servers, rowsEach, recorded, perSecond, peak, ...one }: Collection): string[] {
  const waits = [one.overview, one.loopback].map(({ count, p50, p99, max }) => [
    String(count),
    ...[p50, p99, max].map((value) => value.toFixed(1)),
  ])
  const [overview = [], loopback = []] = waits
  return [
    `${recorded} of ${servers * rowsEach} rows of ${servers} servers, ${perSecond.toFixed(0)} a second, at most ${peak.toFixed(0)} MB; called off within ${one.cancelMs.toFixed(0)} ms. Ten times a second meanwhile:`,
    '',
    ...table(
      ['', 'asked', 'p50 ms', 'p99 ms', 'most ms'],
      [
        ['the overview', ...overview],
        ['a server that does nothing', ...loopback],
      ],
    ),
  ]
}

function importLine(one: Import): string {
  return `A database of the reference product with ${runs(one.runs)} of ${one.lines} log lines (${one.megabytes.toFixed(0)} MB) into an empty folder: ${one.seconds.toFixed(1)} s, at most ${one.peak.toFixed(0)} MB resident. "${one.said}"`
}

function paintLine(paint: Paint | null): string {
  if (paint === null) return 'No Chromium on this machine: the first paint was left out.'
  return `First load of the overview with ${runs(paint.size)} in Chromium: first contentful paint ${paint.firstContentfulMs.toFixed(0)} ms, ${paint.requests} requests, ${paint.kilobytes.toFixed(1)} kB.`
}

function mqttLine(mqtt: MqttFigures | null): string {
  if (mqtt === null) return 'No broker on this machine: MQTT was left out.'
  return `MQTT, ${mqtt.jobs} jobs at a real broker: ${mqtt.messages} messages (${mqtt.kilobytes.toFixed(0)} kB) in ${mqtt.publishMs.toFixed(0)} ms; then ${mqtt.idleMessages} messages in ${mqtt.idleSeconds} s.`
}

function share(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(0)} %`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}
