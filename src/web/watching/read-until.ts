import { Failure } from '../../domain/failure.ts'
import { ms } from '../../domain/moment.ts'
import { text } from '../../domain/text.ts'
import { utcOf } from '../../domain/zone.ts'
import type { Visit } from '../visit.ts'
import { SPANS } from './pause-view.ts'

/**
 * The end that a form asks for with `for` (`1h 1d 1w until forever`) and `until` (`YYYY-MM-DDTHH:MM` in the
 * reader's zone); null for no end. Throws Failure `invalid` for a moment that cannot be read or is past.
 */
export function readUntil(form: URLSearchParams, visit: Visit): Date | null {
  const span = form.get('for') ?? ''
  const hours = SPANS.find(([name]) => name === span)?.[1]
  if (hours !== undefined) return new Date(visit.now.getTime() + hours * 3_600_000)
  if (span === 'forever') return null
  if (span !== 'until') throw new Failure('invalid', text('setting.fault.choice'), { field: 'for' })
  const until = readLocal(form.get('until') ?? '', visit.reader.zone)
  if (until === null || until.getTime() <= visit.now.getTime())
    throw new Failure('invalid', text('watching.fault.until'), { field: 'until' })
  return until
}

/** A moment of an `<input type=datetime-local>` in a zone; null where it is none. */
export function readLocal(typed: string, zone: string): Date | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(typed.trim())) return null
  const wall = ms(`${typed.trim()}Z`)
  return Number.isNaN(wall) ? null : new Date(utcOf(wall, zone))
}
