import type { Value } from './open-database.ts'

/** Before the first Duplicati: a clock that was never set. */
const EARLIEST_MS = Date.UTC(2008, 0, 1)
const ODD = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufeff\ufffe\uffff]/g

/** Text of a column; anything else as text. */
export function textOf(value: Value | undefined): string {
  return value === null || value === undefined || value instanceof Uint8Array ? '' : String(value)
}

/** A short text in one line, without control signs. */
export function lineOf(value: Value | undefined, limit: number): string {
  return cleanOf(value, limit)
    .replace(/[\n\t]+/g, ' ')
    .trim()
}

/** A text of any lines, without control signs and half characters. */
export function cleanOf(value: Value | undefined, limit: number): string {
  const lines = textOf(value).replace(/\r\n?/g, '\n').replace(ODD, '')
  return lines.slice(0, limit).replace(/\p{Surrogate}/gu, '\ufffd')
}

export function numberOf(value: Value | undefined): number | null {
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value ?? Number.NaN)
  return Number.isFinite(number) ? number : null
}

/** 0 and 1 as the product writes them, and the words that other tools write. */
export function flagOf(value: Value | undefined): boolean {
  return numberOf(value) === 1 || /^\s*(true|yes|on)\s*$/i.test(textOf(value))
}

/**
 * `2025-01-31T…Z` as the product writes it, SQLite's `YYYY-MM-DD HH:MM:SS`, without a zone in UTC, or a number of
 * seconds or milliseconds.
 */
export function isoOf(value: Value | undefined): string | null {
  const given = textOf(value).trim()
  const at = /^\d{9,14}(\.\d+)?$/.test(given) ? ofNumber(Number(given)) : Date.parse(zoned(given))
  return given === '' || Number.isNaN(at) || Math.abs(at) > 8.64e15 ? null : new Date(at).toISOString()
}

/** The moment, where it can be true: since there is Duplicati, and at most a day ahead. */
export function momentOf(value: Value | undefined, now: Date): string | null {
  const iso = isoOf(value)
  const at = iso === null ? Number.NaN : Date.parse(iso)
  return at >= EARLIEST_MS && at <= now.getTime() + 86_400_000 ? iso : null
}

/** More than ten digits are milliseconds: as seconds they were the year 2286 and later. */
function ofNumber(number: number): number {
  return number >= 1e11 ? number : number * 1000
}

function zoned(given: string): string {
  const plain = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(:\d\d)?)([.,]\d+)?\s*(Z|[+-]\d\d(:?\d\d)?)?$/i.exec(given)
  if (plain === null) return /^\d{4}-\d\d-\d\d$/.test(given) ? given : 'none'
  const [, day, time, , fraction = '', zone = 'Z'] = plain
  const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')
  return `${day}T${time}${fraction.replace(',', '.').slice(0, 4)}${offset.toUpperCase()}`
}
