/**
 * Long work in small pieces: everybody who awaits a turn gets one, but only one of them in each round of the event
 * loop. So what comes in from outside waits for one piece, however many are at work.
 */
export function createTurns(): () => Promise<void> {
  const waiting: (() => void)[] = []
  const next = () => {
    waiting.shift()?.()
    if (waiting.length > 0) setImmediate(next)
  }
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(next)
    })
}
