import type { Reader } from '../domain/words.ts'
import { numberFormat } from './intl.ts'

/** Keeps a figure and its unit on one line. */
export const GAP = '\u202f'

const UNITS = {
  decimal: { step: 1000, names: ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] },
  binary: { step: 1024, names: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] },
} as const

/** One digit after the point below 1000, none for plain bytes: `482.3 GB`, `12 B`. */
export function writeBytes(bytes: number, units: Reader['units'], locale: string): string {
  const { step, names } = UNITS[units]
  let power = 0
  let size = Math.abs(bytes)
  // 999.95 would be written as 1000.0 of the smaller unit.
  while (power < names.length - 1 && size >= (power === 0 ? step : step - 0.05)) {
    size /= step
    power += 1
  }
  const digits = power === 0 ? 0 : size < 10 ? 2 : 1
  const written = numberFormat(locale, { maximumFractionDigits: digits }).format(Math.sign(bytes) * size)
  return `${written}${GAP}${names[power] ?? ''}`
}

/** Whole percents are rounded towards the middle: 100% means all, 0% means none. */
export function writePercent(ratio: number, locale: string): string {
  const thousandths = ratio > 0.5 ? Math.floor(ratio * 1000 + 1e-9) : Math.ceil(ratio * 1000 - 1e-9) + 0
  return numberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(thousandths / 1000)
}
