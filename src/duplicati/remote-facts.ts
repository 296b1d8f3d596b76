import { Failure } from '../domain/failure.ts'
import type { RemoteFacts } from '../domain/remote-shape.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import type { Get } from './conversation.ts'
import { ianaZone } from './iana-zone.ts'
import { isPart, listOf, momentOf, type Part, stringOf } from './remote-parts.ts'

/** The first version whose logs and reports we can read. */
const OLDEST = [2, 0, 6]

/**
 * Who the server is, and how its clock goes. The machine id stands among the default values of the options;
 * one set for all jobs wins, as it does in reports.
 * @throws Failure where it is older than 2.0.6
 */
export async function readFacts(get: Get, clock: Clock, address: string): Promise<RemoteFacts> {
  const before = clock.now().getTime()
  const info = partOrThrow(await get('/api/v1/systeminfo'), address)
  const after = clock.now().getTime()
  const version = stringOf(info, 'ServerVersion', 50)
  if (isTooOld(version))
    throw new Failure('unavailable', text('duplicati.failure.too-old', { version: version ?? '?' }))
  const settings = await readOverrides(get)
  return {
    machineId: stringOf(settings, '--machine-id', 200) ?? optionOf(info, 'machine-id'),
    machineName:
      stringOf(settings, '--machine-name', 200) ??
      optionOf(info, 'machine-name') ??
      stringOf(info, 'MachineName', 200),
    version,
    operatingSystem: stringOf(info, 'OSType', 100),
    zone: ianaZone(stringOf(info, 'ServerTimeZone', 100)),
    clockSkewS: skew(momentOf(info, 'ServerTime'), (before + after) / 2),
  }
}

function partOrThrow(value: unknown, address: string): Part {
  if (isPart(value)) return value
  throw new Failure('unavailable', text('duplicati.failure.not-duplicati', { address }))
}

/** Of the server's settings only these two leave this function: others may hold secrets. */
async function readOverrides(get: Get): Promise<Part | null> {
  const settings = await get('/api/v1/serversettings', { orMissing: true })
  return isPart(settings) ? settings : null
}

function optionOf(info: Part, name: string): string | null {
  const option = listOf(info, 'Options').find((candidate) => candidate['Name'] === name)
  return stringOf(option ?? null, 'DefaultValue', 200)
}

function isTooOld(version: string | null): boolean {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version ?? '')
  if (parts === null) return false
  for (const [index, least] of OLDEST.entries()) {
    const part = Number(parts[index + 1])
    if (part !== least) return part < least
  }
  return false
}

function skew(theirs: string | null, oursMs: number): number | null {
  return theirs === null ? null : Math.round((new Date(theirs).getTime() - oursMs) / 1000)
}
