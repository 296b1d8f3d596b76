import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Sealer } from '../kit/seal.ts'
import type { Store } from '../store/store-shape.ts'
import type { Secrets } from '../web/house.ts'

/** Secrets of the pages, sealed in the state. `read` is for those who must use them, never for a page. */
export interface SecretDesk extends Secrets {
  read(name: string): string | null
}

/** Sealed values of another key cannot be opened: said once here, and on the pages until they are typed again. */
export function secretDesk(house: { store: Store; clock: Clock; log: Log; sealer: Sealer }): SecretDesk {
  const { store, clock, log, sealer } = house
  const lost = () =>
    Object.values(store.state().secrets).filter((secret) => sealer.open(secret.sealed) === null).length
  if (lost() > 0) {
    log.warn(
      'The key file beside the database changed or was lost: stored passwords must be typed again in Settings',
      {
        secrets: lost(),
      },
    )
  }
  return {
    isKeyLost: () => lost() > 0,
    read(name) {
      const secret = Object.hasOwn(store.state().secrets, name) ? store.state().secrets[name] : undefined
      return secret === undefined ? null : sealer.open(secret.sealed)
    },
    async set(name, value) {
      const setAt = clock.now().toISOString()
      await store.change((state: State) => {
        const { [name]: _before, ...others } = state.secrets
        return {
          ...state,
          secrets: value === null ? others : { ...others, [name]: { sealed: sealer.seal(value), setAt } },
        }
      })
    },
  }
}
