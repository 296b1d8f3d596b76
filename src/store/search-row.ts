import { type Columns, WHOLES } from './columns.ts'

/** Row of a run by its number, where rows stand in the order of numbers; null where there is none. */
export function searchRow(columns: Columns, no: number): number | null {
  let low = 0
  let high = columns.size - 1
  // Opening asks for each line whether it is known: most are newer than all before.
  if (high < 0 || no > columns.whole(WHOLES.no, high)) return null
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = columns.whole(WHOLES.no, middle)
    if (found === no) return middle
    if (found < no) low = middle + 1
    else high = middle - 1
  }
  return null
}
