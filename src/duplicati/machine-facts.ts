import type { Arrival } from '../domain/run.ts'
import { type Fields, nameOf } from './values.ts'

/** What a report says of the machine and the program that sent it. */
export function readMachineFacts(
  data: Fields,
  extra: Fields,
): Pick<Arrival, 'duplicatiVersion' | 'operatingSystem' | 'destinationType' | 'updateChannel'> {
  const version = nameOf(data['Version'], 200)
  return {
    duplicatiVersion: version === null ? null : shortVersion(version),
    operatingSystem:
      nameOf(extra['operating-system-detailed'], 200) ?? nameOf(extra['operating-system'], 200),
    destinationType: nameOf(extra['destination-type'], 60) ?? schemeOf(extra['RemoteUrl']),
    updateChannel: nameOf(extra['update-channel'], 60) ?? channelOf(version),
  }
}

/** `2.3.0.4` of `2.3.0.4 (2.3.0.4_stable_2026-07-09)`. */
function shortVersion(version: string): string {
  return /^\d+(\.\d+){1,4}(?= |$)/.exec(version)?.[0] ?? version
}

/** The tag inside the brackets names the channel that older reports do not tell. */
function channelOf(version: string | null): string | null {
  const channel = /_(stable|beta|experimental|canary|nightly|debug)_/i.exec(version ?? '')?.[1]
  return channel === undefined ? null : channel.charAt(0).toUpperCase() + channel.slice(1).toLowerCase()
}

function schemeOf(url: unknown): string | null {
  return typeof url === 'string'
    ? (/^([a-z][a-z0-9+.-]{0,30}):\/\//i.exec(url)?.[1]?.toLowerCase() ?? null)
    : null
}
