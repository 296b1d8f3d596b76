import type { Overview, Total } from '../../domain/overview.ts'
import { type Measure, measure } from '../measure.ts'
import { drawSpark } from '../svg-series.ts'
import type { Visit } from '../visit.ts'

export interface TotalView extends Measure {
  readonly label: string
  readonly spark: { readonly line: string; readonly area: string } | null
}

/** What there is in all: servers, jobs, runs, source, storage, uploaded. */
export function totals(seen: Overview, visit: Visit): TotalView[] {
  const { words } = visit
  const plain = (name: string, value: number): TotalView => ({
    label: words.say(`page.total.${name}`),
    ...measure(words.number(value)),
    spark: null,
  })
  const line = (name: string, total: Total): TotalView => ({
    label: words.say(`page.total.${name}`),
    ...measure(words.bytes(total.now)),
    spark: total.days.length < 3 ? null : drawSpark(total.days),
  })
  const { servers, jobs, runs, sourceBytes, storedBytes, uploadedBytes } = seen.totals
  return [
    plain('servers', servers),
    plain('jobs', jobs),
    plain('runs', runs),
    line('source', sourceBytes),
    line('stored', storedBytes),
    line('uploaded', uploadedBytes),
  ]
}
