/** Whole seconds from an ISO moment to now; negative where it lies ahead. */
export function secondsSince(at: string, now: Date): number {
  return Math.floor((now.getTime() - Date.parse(at)) / 1000)
}
