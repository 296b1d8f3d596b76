/** Tells listeners what happened, after it was saved. A listener that throws hurts nobody else. */
export interface Bus<Events extends object> {
  emit<K extends keyof Events>(name: K, event: Events[K]): void
  on<K extends keyof Events>(name: K, listener: (event: Events[K]) => void): () => void
}

export function createBus<Events extends object>(
  onError: (error: unknown, name: string) => void,
): Bus<Events> {
  const listeners = new Map<keyof Events, Set<(event: never) => void>>()
  return {
    emit(name, event) {
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener(event as never)
        } catch (error) {
          onError(error, String(name))
        }
      }
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set)
      set.add(listener)
      return () => set.delete(listener)
    },
  }
}
