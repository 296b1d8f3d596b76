import { type StripMark, stripCounts } from '../domain/strip.ts'
import type { Words } from '../domain/words.ts'

/** A strip of runs, ready to be drawn: one path a kind, and the same in words. */
export interface StripDrawing {
  readonly width: number
  readonly paths: readonly { readonly state: string; readonly d: string }[]
  readonly label: string
}

const STEP = 8
const BAR = 6

/** How a run of each kind is coloured: the end of the class `is-...`. */
export const STATE_OF_KIND: Readonly<Record<StripMark['kind'], string>> = {
  success: 'ok',
  warning: 'warning',
  failed: 'failed',
  unknown: 'unknown',
  missed: 'missed',
}

/**
 * Bars from oldest to newest, at the right end of `places` places. Neighbours of one kind are one line that the style
 * sheet paints with the bar of that kind (`partials/strip-bars`), because hundreds of strips stand on a page. Shape
 * tells the kind too: a full bar is good, a notch warns, a taller bar failed, a short one is unknown, a dashed outline
 * is missed.
 */
export function drawStrip(marks: readonly StripMark[], words: Words): StripDrawing {
  const earlier = drawn.get(marks)
  if (earlier?.words === words) return earlier.drawing
  const drawing = draw(marks, words, 30)
  drawn.set(marks, { words, drawing })
  return drawing
}

/** Strips change with a run; pages ask for them many times in between. */
const drawn = new WeakMap<readonly StripMark[], { readonly words: Words; readonly drawing: StripDrawing }>()

function draw(marks: readonly StripMark[], words: Words, places: number): StripDrawing {
  const found = new Map<string, string>()
  const shown = marks.slice(-places)
  for (let index = 0; index < shown.length; ) {
    const kind = shown[index]?.kind ?? 'unknown'
    let length = 1
    while (shown[index + length]?.kind === kind) length += 1
    const x = (places - shown.length + index) * STEP
    const state = STATE_OF_KIND[kind]
    found.set(state, `${found.get(state) ?? ''}M${x} 11h${length * STEP - (STEP - BAR)}`)
    index += length
  }
  return {
    width: places * STEP - (STEP - BAR),
    paths: [...found].map(([state, d]) => ({ state, d })),
    label: stripLabel(shown, words),
  }
}

/** "30 expected runs: 28 succeeded, 2 missed": what did not happen is not said. */
function stripLabel(marks: readonly StripMark[], words: Words): string {
  const counts = stripCounts(marks)
  const told = KINDS.filter((kind) => counts[kind] > 0).map((kind) =>
    words.say(`page.strip.${kind}`, { count: counts[kind] }),
  )
  return words.say(marks.length === 1 ? 'page.strip.one' : 'page.strip', {
    all: marks.length,
    told: told.length === 0 ? words.say('page.strip.none') : told.join(', '),
  })
}

const KINDS = ['success', 'warning', 'failed', 'missed', 'unknown'] as const
