import { afterPage, freshRows, type LogMark, startReading } from '../domain/log-mark.ts'
import type { RemoteSession } from '../domain/remote-shape.ts'
import type { CollectNeeds } from './collect-needs.ts'
import type { Tally } from './collect-tally.ts'
import { type RowsOf, takeRows } from './take-rows.ts'

/** Rows in a page: a few hundred kilobytes, taken apart in a few milliseconds. */
const PAGE = 50
/** Keeping a mark writes the whole state, so it is not done for every page. */
const KEPT_EVERY = 10

/**
 * Reads the log of a job from the newest row down to what we have, whatever its length. `keep` is given the mark
 * now and then, when the runs above it are on disk: who is killed goes on from the last one.
 */
export async function collectLog(
  needs: CollectNeeds,
  session: RemoteSession,
  of: RowsOf,
  from: { readonly mark: LogMark | undefined; keep(mark: LogMark): Promise<void> },
  tally: Tally,
): Promise<void> {
  let reading = startReading(from.mark, of.job.backupId)
  let kept = JSON.stringify(from.mark)
  for (let pages = 1; !reading.finished; pages++) {
    const page = await session.rows(of.job.backupId, { before: reading.before, size: PAGE })
    const { reading: seen, fresh } = freshRows(reading, page.rows)
    await takeRows(needs, fresh, of, tally)
    reading = afterPage(seen, page.rows, page.more)
    const mark = JSON.stringify(reading.mark)
    if (mark !== kept && (reading.finished || pages % KEPT_EVERY === 0)) {
      await from.keep(reading.mark)
      kept = mark
    }
  }
}
