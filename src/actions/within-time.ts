import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

/**
 * Lets work take so long and no longer: its signal is raised then, and should it not listen, we go on without it.
 * @throws Failure `unavailable` when the time is over; else what the work throws
 */
export async function withinTime<T>(
  limitMs: number,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const failure = () =>
    new Failure(
      'unavailable',
      text('notices.failure.time-out', { time: { seconds: Math.ceil(limitMs / 1000) } }),
    )
  let timer: NodeJS.Timeout | undefined
  let grace: NodeJS.Timeout | undefined
  const deaf = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      over.abort()
      // A listener has a moment to say in its own words what it waited for.
      grace = setTimeout(() => reject(failure()), GRACE_MS)
    }, limitMs)
  })
  try {
    return await Promise.race([work(AbortSignal.any([stop, over.signal])), deaf])
  } finally {
    clearTimeout(timer)
    clearTimeout(grace)
  }
}

const GRACE_MS = 1000
