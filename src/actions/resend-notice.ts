import { Failure } from '../domain/failure.ts'
import type { Notice } from '../domain/notice.ts'
import type { State } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { newId } from '../kit/ids.ts'

export interface ResendNeeds {
  readonly clock: Clock
  change(step: (state: State) => State): Promise<State>
}

/**
 * Sends a finished notice once more, as a new one; one that is still owed is tried at once.
 * @throws Failure `not-found` when it is not kept any more
 */
export async function resendNotice(needs: ResendNeeds, id: string): Promise<void> {
  const at = needs.clock.now().toISOString()
  const fresh = newId('ntc')
  let found = false
  await needs.change((state) => {
    const notice = Object.hasOwn(state.notices, id) ? state.notices[id] : undefined
    found = notice !== undefined
    if (notice === undefined) return state
    const again: Notice =
      notice.state === 'owed'
        ? { ...notice, dueAt: at }
        : {
            ...notice,
            id: fresh,
            createdAt: at,
            dueAt: at,
            attempts: 0,
            lastTriedAt: null,
            lastError: null,
            state: 'owed',
            finishedAt: null,
          }
    return { ...state, notices: { ...state.notices, [again.id]: again } }
  })
  if (!found) throw new Failure('not-found', text('notices.failure.gone'))
}
