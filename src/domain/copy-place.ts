/** A folder outside the data folder where copies went, as it was then. */
export interface CopyPlace {
  readonly folder: string
  /** Whether it lay on another disk than the data. */
  readonly isElsewhere: boolean
}

/** The same folder as it is found now. */
export interface SeenPlace extends CopyPlace {
  /** Whether anything there says that copies were made before: a copy, or the mark that the first one left. */
  readonly hasSign: boolean
}

/**
 * Why nothing must be written there, as far as a folder can tell that its disk is not mounted: what was on another
 * disk is on that of the data (`fell-back`), or nothing is left of the copies before (`empty`). Somebody who asks by
 * hand may begin anew in an empty folder.
 */
export function placeTrouble(
  known: CopyPlace | null,
  seen: SeenPlace,
  byHand: boolean,
): 'fell-back' | 'empty' | null {
  if (known === null || known.folder !== seen.folder) return null
  if (known.isElsewhere && !seen.isElsewhere) return 'fell-back'
  return seen.hasSign || byHand ? null : 'empty'
}
