import type { CalendarGrid } from '../domain/calendar-grid.ts'
import { STATE_OF_KIND } from './svg-strip.ts'

export interface CalendarDrawing {
  readonly width: number
  readonly height: number
  /** The day in the upper left corner, also where it is left out: `YYYY-MM-DD`. */
  readonly first: string
  readonly paths: readonly { readonly state: string; readonly d: string }[]
  /** Notches through warnings and crosses on failures: the same by shape. */
  readonly marks: string
  /** First weeks of months: where their name stands, and a day of theirs. */
  readonly months: readonly { readonly x: number; readonly date: string }[]
}

const CELL = 14
const STEP = 17
const TOP = 14

/** Days as squares, a column a week, oldest first. Each result is one path. */
export function drawCalendar(grid: CalendarGrid): CalendarDrawing {
  const paths = new Map<string, string>()
  const months: { x: number; date: string }[] = []
  let marks = ''
  for (const [column, week] of grid.weeks.entries()) {
    const x = column * STEP
    for (const [row, day] of week.entries()) {
      if (day === null) continue
      const y = TOP + row * STEP
      const state = day.kind === null ? 'none' : STATE_OF_KIND[day.kind]
      paths.set(state, (paths.get(state) ?? '') + square(state === 'missed', x, y))
      if (day.kind === 'warning') marks += `M${x} ${y + CELL / 2}h${CELL}`
      if (day.kind === 'failed') marks += `M${x + 3.5} ${y + 3.5}l7 7m0-7l-7 7`
      if (day.date.endsWith('-01')) months.push({ x, date: day.date })
    }
  }
  return {
    width: grid.weeks.length * STEP - (STEP - CELL),
    height: TOP + 7 * STEP - (STEP - CELL),
    first: firstDay(grid),
    paths: [...paths].map(([state, d]) => ({ state, d })),
    marks,
    months,
  }
}

function firstDay(grid: CalendarGrid): string {
  const week = grid.weeks[0] ?? []
  const row = week.findIndex((day) => day !== null)
  const date = Date.parse(`${week[row]?.date ?? ''}T00:00:00Z`)
  return Number.isNaN(date) ? '' : new Date(date - row * 86_400_000).toISOString().slice(0, 10)
}

/** A square with small corners; a missed one is drawn inside its edge, because it is an outline. */
function square(isOutline: boolean, x: number, y: number): string {
  const inset = isOutline ? 0.7 : 0
  const side = CELL - 2 * inset - 4
  return `M${x + inset + 2} ${y + inset}h${side}q2 0 2 2v${side}q0 2-2 2h-${side}q-2 0-2-2v-${side}q0-2 2-2z`
}
