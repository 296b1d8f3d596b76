import { isAbsolute, join } from 'node:path'
import { type CopyPlace, placeTrouble } from '../domain/copy-place.ts'
import { Failure } from '../domain/failure.ts'
import { type Text, text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { type KeptCopy, keepCopy } from '../store/copies.ts'
import { lookAtCopyFolder, markCopyFolder } from '../store/copy-folder.ts'
import type { Store } from '../store/store-shape.ts'

/** Where the copies went last, kept with the state. */
const FEATURE = 'copy-place'

/** Archives that are kept in a folder, by night or when somebody wishes one. */
export function copying({ store, clock, dir }: { store: Store; clock: Clock; dir: string }) {
  let trouble: Text | null = null
  const setting = (name: string) => store.state().settings[name]
  const folder = () => {
    const set = setting('copy.folder')
    const name = typeof set === 'string' && set !== '' ? set : 'backups'
    return isAbsolute(name) ? name : join(dir, name)
  }

  /** What it is on, where it is outside of the data folder. @throws Failure `unavailable` for a disk that is away */
  async function placeOf(where: string, byHand: boolean): Promise<CopyPlace | null> {
    if (where === dir || where.startsWith(join(dir, '/'))) return null
    const seen = { folder: where, ...(await lookAtCopyFolder(where, dir)) }
    const known = (store.state().features[FEATURE] as CopyPlace | undefined) ?? null
    const why = placeTrouble(known, seen, byHand)
    if (why !== null) throw new Failure('unavailable', text(`care.copy.${why}`, { folder: where }))
    return { folder: where, isElsewhere: seen.isElsewhere }
  }

  async function make(byHand: boolean): Promise<KeptCopy> {
    if (store.health().mode === 'read-only') throw new Failure('unavailable', text('store.readOnly'))
    const where = folder()
    const place = await placeOf(where, byHand)
    const keep = setting('copy.keep')
    const made = await keepCopy(store.exportTar(), {
      folder: where,
      keep: typeof keep === 'number' && keep >= 1 ? keep : 7,
      now: clock.now(),
    })
    if (place !== null) {
      await markCopyFolder(where)
      if (JSON.stringify(store.state().features[FEATURE]) !== JSON.stringify(place))
        await store.change((state) => ({ ...state, features: { ...state.features, [FEATURE]: place } }))
    }
    trouble = null
    return made
  }

  return {
    folder,
    trouble: () => trouble,
    byHand: () => make(true),
    async byNight(): Promise<string> {
      if (setting('copy.enabled') === false) return 'off'
      try {
        const made = await make(false)
        return `${made.name}, ${made.bytes} bytes`
      } catch (error) {
        if (error instanceof Failure) trouble = error.text
        throw error
      }
    },
  }
}
