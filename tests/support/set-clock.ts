import type { Clock } from '../../src/kit/clock.ts'

/** A clock that shows what it is told to. */
export interface SetClock extends Clock {
  set(moment: string | Date): void
  add(ms: number): void
}

export function setClock(moment: string): SetClock {
  let now = new Date(moment)
  return {
    now: () => now,
    elapsedMs: () => now.getTime(),
    set: (to) => {
      now = new Date(to)
    },
    add: (ms) => {
      now = new Date(now.getTime() + ms)
    },
  }
}
