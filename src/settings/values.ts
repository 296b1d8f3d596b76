import { isIP } from 'node:net'

/*
 * One reader for each kind of setting: what a variable holds, as a value. Undefined where it cannot be that.
 */

export function wholeNumber(raw: string, low: number, high: number): number | undefined {
  const number = /^\d{1,9}$/.test(raw.trim()) ? Number(raw) : Number.NaN
  return number >= low && number <= high ? number : undefined
}

export function parseFlag(raw: string): boolean | undefined {
  if (/^(true|yes|on|1)$/i.test(raw)) return true
  if (/^(false|no|off|0)$/i.test(raw)) return false
  return undefined
}

/** Without a slash at its end; '' for the root. */
export function parsePath(raw: string): string | undefined {
  const path = raw.replace(/\/+$/, '')
  return path === '' || /^(\/[A-Za-z0-9._~-]+)+$/.test(path) ? path : undefined
}

export function parseUrl(raw: string, schemes: readonly string[]): string | undefined {
  if (raw === '') return ''
  if (!URL.canParse(raw)) return undefined
  const { protocol, hostname } = new URL(raw)
  return hostname !== '' && schemes.includes(protocol.slice(0, -1)) ? raw.replace(/\/+$/, '') : undefined
}

/** A zone by its name; empty means that of the machine. */
export function parseZone(raw: string): string | undefined {
  if (raw === '') return Intl.DateTimeFormat().resolvedOptions().timeZone
  try {
    return new Intl.DateTimeFormat('en', { timeZone: raw }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

/** Addresses and networks, separated by commas. A word in between would quietly trust nobody. */
export function parseAddresses(raw: string): readonly string[] | undefined {
  const all = raw
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  return all.every(isNetwork) ? all : undefined
}

function isNetwork(entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return bits === undefined || wholeNumber(bits, 0, family === 4 ? 32 : 128) !== undefined
}

/** The first part of MQTT topics: no wildcards, no empty parts. */
export function parseTopic(raw: string): string | undefined {
  return raw.length <= 100 && /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/.test(raw) ? raw : undefined
}

/** A certificate in PEM, not the name of a file with one. */
export function parseCertificate(raw: string): string | undefined {
  return raw === '' || raw.includes('-----BEGIN CERTIFICATE-----') ? raw : undefined
}
