import { isTrashId, numbersIn, trashOf, trashOver, withTrash } from '../../domain/trash.ts'
import type { CareNeeds } from './care-needs.ts'

/** Deletes for good what has waited for seven days. Gives how many runs went. */
export function emptyTrash(needs: CareNeeds): () => Promise<number> {
  return async () => {
    let deleted = 0
    for (const item of trashOver(needs.state(), needs.clock.now())) {
      const nos = item.moved
        .filter((one) => isTrashId(one.to.jobId))
        .flatMap((one) => numbersIn(one.ranges).filter((no) => needs.history.row(no)?.jobId === one.to.jobId))
      deleted += await needs.remove(nos)
      await needs.change((state) =>
        withTrash(
          state,
          trashOf(state).filter((other) => other.id !== item.id),
        ),
      )
    }
    return deleted
  }
}
