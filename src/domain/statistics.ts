/** Middle of a list of numbers; null for an empty one. */
export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5)
}

/** The value below which a share of the list lies, between neighbours in proportion. */
export function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null
  // Typed arrays sort by number, and much faster.
  const sorted = Float64Array.from(values).sort()
  const place = (sorted.length - 1) * share
  const low = sorted[Math.floor(place)] ?? 0
  const high = sorted[Math.ceil(place)] ?? low
  return low + (high - low) * (place - Math.floor(place))
}

/** Median distance from the median: a spread that a few wild values cannot move. */
export function medianDeviation(values: readonly number[]): number | null {
  const middle = median(values)
  return middle === null ? null : median(values.map((value) => Math.abs(value - middle)))
}

/** Distances between neighbours of an ascending list. */
export function gapsOf(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] ?? value))
}
