import type { Draft } from './draft.ts'
import { DAY, ms } from './moment.ts'
import type { Notice } from './notice.ts'

const MOST_FINISHED = 300

/** Lets go of finished notices beyond the last 300 or older than 30 days: the activity page shows the others. */
export function trimNotices(draft: Draft, now: Date): void {
  const finished = draft.notices().filter((notice) => notice.state !== 'owed')
  const old = finished.filter((notice) => now.getTime() - endOf(notice) > 30 * DAY)
  const tooMany = finished.length - MOST_FINISHED
  const surplus = tooMany <= 0 ? [] : [...finished].sort((a, b) => endOf(a) - endOf(b)).slice(0, tooMany)
  for (const notice of [...old, ...surplus]) draft.drop('notices', notice.id)
}

function endOf(notice: Notice): number {
  return ms(notice.finishedAt ?? notice.createdAt)
}
