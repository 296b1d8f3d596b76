import type { Report } from './tables.ts'

/** One promise and what was measured. */
export interface Verdict {
  readonly what: string
  readonly target: string
  readonly measured: string
  readonly reached: boolean
}

/** Every promised figure (`product.md` and issues 2 and 3) beside what came out. */
export function verdicts(report: Report): Verdict[] {
  return [
    ...ofUploads(report),
    ...ofReads(report),
    ...ofMemory(report),
    ...ofCollecting(report),
    ...ofGuessing(report),
    ...ofImport(report),
    ...ofTheRest(report),
  ].filter((verdict) => verdict !== null)
}

function ofUploads({ rounds }: Report): (Verdict | null)[] {
  const rates = rounds.map((one) => one.perSecond)
  const spread = (Math.max(...rates) - Math.min(...rates)) / Math.max(...rates)
  return [
    ...rounds.flatMap((one) =>
      one.refusal === ''
        ? []
        : [
            {
              what: `Refused, ${runs(one.size)}`,
              target: 'none',
              measured: one.refusal.slice(0, 60),
              reached: false,
            },
          ],
    ),
    ...rounds.map((one) =>
      atLeast(`Uploads a second, 8 clients, 20 lines, ${runs(one.size)}`, one.perSecond, 1000, '/s', 0),
    ),
    atMost('Difference between the sizes', spread * 100, 20, '%', 0),
    ...rounds.map((one) => atMost(`Upload p99, 8 clients, 20 lines, ${runs(one.size)}`, one.p99, 30, 'ms')),
    ...rounds.map((one) =>
      atMost(
        `Start to first answer, ${runs(one.size)}`,
        one.startMs / 1000,
        one.size > 10_000 ? 0.65 : 0.4,
        's',
        2,
      ),
    ),
  ]
}

/** Name of a read, most milliseconds at p50, most kB plain and gzip. */
const READ_TARGETS = [
  ['/api/summary', 1, null, null],
  ['overview', 5, 120, 15],
  ['server page', 10, 100, null],
  ['job page', 10, null, null],
] as const

function ofReads({ details }: Report): (Verdict | null)[] {
  return details.flatMap(({ size, reads }) =>
    READ_TARGETS.flatMap(([name, milliseconds, plain, gzip]) => {
      const read = reads.find((one) => one.name === name)
      if (read === undefined) return []
      const where = `${name}, ${runs(size)}`
      if (read.plain.refused > 0) {
        return [
          {
            what: where,
            target: 'an answer',
            measured: read.plain.firstRefusal.slice(0, 60),
            reached: false,
          },
        ]
      }
      return [
        atMost(`${where}: p50`, read.plain.p50, milliseconds, 'ms', 2),
        plain === null ? null : atMost(`${where}: weight`, read.plain.bytes / 1000, plain, 'kB'),
        gzip === null ? null : atMost(`${where}: weight gzip`, read.gzip.bytes / 1000, gzip, 'kB'),
      ]
    }),
  )
}

function ofMemory({ details }: Report): Verdict[] {
  return details.flatMap((one) => [
    atMost(`Memory at rest, ${runs(one.size)}`, one.atRest, one.size > 0 ? 130 : 110, 'MB', 0),
    atMost(`Memory after the reads, ${runs(one.size)}`, one.afterReads, 150, 'MB', 0),
    atMost(`Memory at most during all loads, ${runs(one.size)}`, one.duringLoad, 150, 'MB', 0),
  ])
}

function ofCollecting({ collection }: Report): Verdict[] {
  const { servers, rowsEach, recorded, overview, cancelMs, peak } = collection
  const what = `Collecting ${servers} servers with ${rowsEach} rows each`
  return [
    atLeast(`${what}: runs recorded`, recorded, servers * rowsEach, 'runs', 0),
    atMost(`${what}: memory at most`, peak, 200, 'MB', 0),
    atMost(`${what}: overview p99 meanwhile`, overview.p99, 50, 'ms'),
    atMost(`${what}: called off within`, cancelMs, 1000, 'ms', 0),
  ]
}

/** Promised for 50 000 runs with logs (issue 8). */
function ofImport({ imported }: Report): Verdict[] {
  const what = `Import of ${runs(imported.runs)} with ${imported.lines} log lines`
  return [
    atMost(what, imported.seconds, 120, 's'),
    atMost(`${what}: memory at most`, imported.peak, 250, 'MB', 0),
  ]
}

function ofGuessing({ guessing }: Report): Verdict[] {
  const { attempts, before, meanwhile, after, ownerMs } = guessing
  const normal = (before.p99 + after.p99) / 2
  const what = `${attempts} wrong sign-ins from one address`
  return [
    atMost(`Upload p99 beside ${what}`, meanwhile.p99, Math.round(normal * 20) / 10, 'ms'),
    {
      what: `Owner signs in beside ${what}`,
      target: 'yes',
      measured: ownerMs === null ? 'refused' : `${ownerMs.toFixed(0)} ms`,
      reached: ownerMs !== null,
    },
  ]
}

function ofTheRest({ install, paint, mqtt }: Report): (Verdict | null)[] {
  return [
    atMost('Production install', install.megabytes + install.ours, 45, 'MB'),
    atMost('Production packages', install.packages, 130, '', 0),
    ...(paint === null
      ? []
      : [
          atMost(`First contentful paint, ${runs(paint.size)}`, paint.firstContentfulMs, 300, 'ms', 0),
          atMost('First load: requests', paint.requests, 8, '', 0),
          atMost('First load: transferred', paint.kilobytes, 90, 'kB'),
        ]),
    ...(mqtt === null
      ? []
      : [
          atMost(`MQTT: publishing ${mqtt.jobs} jobs`, mqtt.publishMs / 1000, 1, 's', 2),
          atMost(`MQTT: messages in ${mqtt.idleSeconds} idle s`, mqtt.idleMessages, 0, '', 0),
        ]),
  ]
}

export function runs(size: number): string {
  return `${size.toLocaleString('en-US').replaceAll(',', ' ')} runs`
}

function atMost(what: string, value: number, most: number, unit: string, digits = 1): Verdict {
  return {
    what,
    target: `≤ ${most} ${unit}`.trim(),
    measured: `${value.toFixed(digits)} ${unit}`.trim(),
    reached: value <= most,
  }
}

function atLeast(what: string, value: number, least: number, unit: string, digits = 1): Verdict {
  return {
    what,
    target: `≥ ${least} ${unit}`,
    measured: `${value.toFixed(digits)} ${unit}`,
    reached: value >= least,
  }
}
