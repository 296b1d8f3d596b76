/**
 * A month's file of runs, `2026-11-001`: year and month of receipt and a number in that month. Kept as one
 * comparable number, because as texts `2026-11-1000` stands before `2026-11-999`.
 */
export interface SegmentName {
  readonly month: string
  readonly part: number
}

export function segmentFile(name: SegmentName): string {
  return `${segmentText(name)}.ndjson`
}

export function segmentText(name: SegmentName): string {
  return `${name.month}-${String(name.part).padStart(3, '0')}`
}

/** `generation` counts compactions. */
export function packFile(name: SegmentName, generation: number): string {
  return `${segmentText(name)}.${generation}.gzpack`
}

/** From a file name in `runs/`; null where it is none of ours. */
export function parseSegmentFile(file: string): SegmentName | null {
  const match = /^(\d{4}-\d\d)-(\d{3,9})\.ndjson$/.exec(file)
  return match === null ? null : { month: match[1] ?? '', part: Number(match[2]) }
}

/** Order of writing. */
export function compareSegments(a: SegmentName, b: SegmentName): number {
  return a.month < b.month ? -1 : a.month > b.month ? 1 : a.part - b.part
}

/**
 * The name of the next file. The month never goes back, so that a clock that does cannot put new runs before
 * old ones.
 */
export function nextSegment(last: SegmentName | null, now: Date): SegmentName {
  const month = now.toISOString().slice(0, 7)
  if (last === null || month > last.month) return { month, part: 1 }
  return { month: last.month, part: last.part + 1 }
}

/** Whether what arrives now belongs into a later month than this file. */
export function isPastMonth(name: SegmentName, now: Date): boolean {
  return now.toISOString().slice(0, 7) > name.month
}
