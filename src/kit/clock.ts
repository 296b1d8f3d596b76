/** The time of day for what is stored and shown, and a clock that never goes back for measuring. */
export interface Clock {
  now(): Date
  /** Milliseconds since some moment; never goes back, whatever is done to the time of day. */
  elapsedMs(): number
}

export const systemClock: Clock = {
  now: () => new Date(),
  elapsedMs: () => performance.now(),
}
