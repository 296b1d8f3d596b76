import { Failure } from '../domain/failure.ts'
import type { Reach } from '../domain/remote-shape.ts'
import { type Text, text } from '../domain/text.ts'
import { type Actor, mustAdminister } from './actor.ts'
import type { addServer } from './add-server.ts'

export interface AddManyNeeds {
  readonly add: ReturnType<typeof addServer>
  readonly log: { error(message: string, facts?: object): void }
  /** A server is there to be collected from. */
  added(serverId: string, by: Actor): void
  /** One of them has got further. */
  onProgress(line: AddingLine): void
}

/** One address of several, and what came of it. */
export interface AddingLine {
  readonly address: string
  readonly step: 'waiting' | 'connecting' | 'added' | 'known' | 'failed'
  readonly serverId: string | null
  readonly trouble: Text | null
}

/** Adds several servers with one password. It goes on while people look elsewhere. */
export interface AddMany {
  /** @throws Failure `conflict` while others are being added */
  start(addresses: readonly string[], reach: Omit<Reach, 'address'>, by: Actor): void
  look(): { readonly isOver: boolean; readonly lines: readonly AddingLine[] }
  stop(): Promise<void>
}

const AT_ONCE = 3

export function addMany(needs: AddManyNeeds): AddMany {
  let lines: AddingLine[] = []
  let ended: Promise<void> | null = null
  let off = new AbortController()

  function put(at: number, line: AddingLine): void {
    lines[at] = line
    needs.onProgress(line)
  }

  async function one(at: number, reach: Reach, by: Actor): Promise<void> {
    const { address } = reach
    put(at, { address, step: 'connecting', serverId: null, trouble: null })
    try {
      const { serverId, wasKnown } = await needs.add(reach, by, off.signal)
      put(at, { address, step: wasKnown ? 'known' : 'added', serverId, trouble: null })
      needs.added(serverId, by)
    } catch (error) {
      if (!(error instanceof Failure)) needs.log.error('Adding a server failed', { error })
      const trouble = error instanceof Failure ? error.text : text('duplicati.failure.unexpected')
      put(at, { address, step: 'failed', serverId: null, trouble })
    }
  }

  async function all(addresses: readonly string[], reach: Omit<Reach, 'address'>, by: Actor) {
    const waiting = addresses.map((address, at) => ({ address, at }))
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await one(next.at, { ...reach, address: next.address }, by)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  }

  return {
    start(addresses, reach, by) {
      mustAdminister(by)
      if (ended !== null) throw new Failure('conflict', text('servers.adding-already'))
      off = new AbortController()
      lines = addresses.map((address) => ({ address, step: 'waiting', serverId: null, trouble: null }))
      ended = all(addresses, reach, by).finally(() => {
        ended = null
        const last = lines.at(-1)
        if (last !== undefined) needs.onProgress(last)
      })
    },
    look: () => ({ isOver: ended === null, lines }),
    async stop() {
      off.abort()
      await ended
    },
  }
}
