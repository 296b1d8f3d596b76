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
  let known: { of: State['secrets']; names: readonly string[] } | null = null
  const lost = () => {
    const { secrets } = store.state()
    if (known?.of !== secrets) known = { of: secrets, names: unreadable(secrets, sealer) }
    return known.names
  }
  if (lost().length > 0) {
    log.warn(
      'The key file beside the database changed or was lost: stored passwords must be typed again in Settings',
      {
        secrets: lost().length,
      },
    )
  }
  return {
    isKeyLost: () => lost().length > 0,
    lost,
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

function unreadable(secrets: State['secrets'], sealer: Sealer): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    sealer.open(secret.sealed) === null ? [name] : [],
  )
}
