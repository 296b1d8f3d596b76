export const SECOND = 1000
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

/** Milliseconds since 1970 of an ISO moment; NaN where it is none. */
export function ms(iso: string): number {
  return Date.parse(iso)
}

/** ISO moment in UTC of milliseconds since 1970. */
export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

const begins = new WeakMap<object, number>()

/** Begin of a remembered run in milliseconds; read once, because rhythms ask for all of them with every run. */
export function beginMs(run: { readonly at: string }): number {
  const known = begins.get(run)
  if (known !== undefined) return known
  const at = ms(run.at)
  begins.set(run, at)
  return at
}
