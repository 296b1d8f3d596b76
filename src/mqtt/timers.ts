/** Waits that can be given up all at once; a wait that was given up never resolves. */
export interface Timers {
  wait(ms: number): Promise<void>
  clear(): void
}

export function createTimers(): Timers {
  const pending = new Set<NodeJS.Timeout>()
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          pending.delete(timer)
          resolve()
        }, ms)
        pending.add(timer)
      }),
    clear() {
      for (const timer of pending) clearTimeout(timer)
      pending.clear()
    },
  }
}
