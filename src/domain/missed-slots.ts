import type { Rhythm } from './rhythm.ts'

/** From this many expected runs missing in a row of gaps on, the rhythm was another one back then. */
const DOUBTFUL_GAPS = 4
const MOST = 2_000

/**
 * Planned begins inside `(fromMs, toMs]` to which no run came, ascending. A run that began up to the rhythm's
 * early time before a planned begin, or any time until the next one, counts as that one. Going back in time it
 * stops where gap after gap misses runs: the rhythm of today was not that of then. `begins` ascending.
 */
export function missedSlots(
  rhythm: Rhythm,
  begins: readonly number[],
  fromMs: number,
  toMs: number,
): number[] {
  const slots = rhythm.between(fromMs, toMs, MOST)
  const missed: number[] = []
  let before = begins.length - 1
  let missesInRow = 0
  let gapsInRow = 0
  let beforeGaps = 0
  for (let index = slots.length - 1; index >= 0; index -= 1) {
    const slot = slots[index] ?? 0
    const from = slot - rhythm.earlyMs
    const until = (slots[index + 1] ?? Number.POSITIVE_INFINITY) - rhythm.earlyMs
    while (before >= 0 && (begins[before] ?? 0) >= until) before -= 1
    const came = before >= 0 && (begins[before] ?? 0) >= from
    if (!came) {
      missed.push(slot)
      missesInRow += 1
      continue
    }
    if (missesInRow === 0) gapsInRow = 0
    else if (gapsInRow === 0) beforeGaps = missed.length - missesInRow
    if (missesInRow > 0) gapsInRow += 1
    if (gapsInRow >= DOUBTFUL_GAPS) return missed.slice(0, beforeGaps).reverse()
    missesInRow = 0
  }
  // Before the first run there was nothing to miss.
  return missed.slice(0, missed.length - missesInRow).reverse()
}
