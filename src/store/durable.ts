import { basename, dirname, join } from 'node:path'
import type { Adapter } from 'lowdb'
import { type Disk, errorCode } from './disk.ts'
import { DraftFile } from './draft-file.ts'
import { jsonPieces } from './json-pieces.ts'

/** File systems without hard links (exFAT, SMB, some container mounts). */
const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EXDEV', 'EACCES']

/**
 * A JSON file as a lowdb adapter that survives a power cut at any moment: written beside, fsynced, the version
 * before kept as `.bak`, renamed over, the folder fsynced. A failed write leaves the file as it was.
 */
export class DurableJsonFile<T extends object> implements Adapter<T> {
  /**
   * Blank up to a multiple of so many bytes, and never shorter than before; 0 for no blanks. While others copy the
   * folder the file keeps one length, so that a copy that asked for the length of one version and then opened the
   * next gets it whole.
   */
  roundTo = 0
  readonly #disk: Disk
  readonly #path: string
  readonly #tmp: string
  #count = 0
  #length = 0

  constructor(disk: Disk, path: string, tmp: string) {
    this.#disk = disk
    this.#path = path
    this.#tmp = tmp
  }

  /** null where there is no file; throws SyntaxError where it is not JSON. */
  async read(): Promise<T | null> {
    const found = await this.#disk.readFile(this.#path).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null
      throw error
    })
    return found === null ? null : (JSON.parse(found.toString('utf8')) as T)
  }

  write(data: T): Promise<void> {
    return this.#write(data, true)
  }

  /** Writes over a broken file without making that one the `.bak`. */
  replace(data: T): Promise<void> {
    return this.#write(data, false)
  }

  async #write(data: T, keepBefore: boolean): Promise<void> {
    const draft = join(this.#tmp, `${basename(this.#path)}.${++this.#count}`)
    const pieces = this.#padded(await jsonPieces(data))
    let renamed = false
    try {
      await this.#writeFile(draft, pieces)
      if (keepBefore) await this.#keepBefore(`${draft}.bak`)
      await this.#disk.rename(draft, this.#path)
      renamed = true
      await this.#disk.syncFolder(dirname(this.#path))
      this.#length = lengthOf(pieces)
    } catch (error) {
      await (renamed && keepBefore ? this.#restore() : this.#disk.remove(draft)).catch(() => undefined)
      await this.#disk.remove(`${draft}.bak`).catch(() => undefined)
      throw error
    }
  }

  /** Makes the version on disk, where there is one, the `.bak`. */
  async #keepBefore(draft: string): Promise<void> {
    if ((await this.#disk.stat(this.#path)) === null) return
    try {
      await this.#disk.link(this.#path, draft)
    } catch (error) {
      if (!NO_LINKS.includes(errorCode(error))) throw error
      await this.#writeFile(draft, [await this.#disk.readFile(this.#path)])
    }
    await this.#disk.rename(draft, `${this.#path}.bak`)
  }

  async #restore(): Promise<void> {
    if ((await this.#disk.stat(`${this.#path}.bak`)) === null) await this.#disk.remove(this.#path)
    else await this.#disk.rename(`${this.#path}.bak`, this.#path)
  }

  async #writeFile(path: string, pieces: readonly Buffer[]): Promise<void> {
    const draft = await DraftFile.begin(this.#disk, path)
    try {
      for (const piece of pieces) await draft.add(piece)
      await draft.finish()
    } catch (error) {
      await draft.discard()
      throw error
    }
  }

  #padded(json: readonly Buffer[]): readonly Buffer[] {
    const whole = [...json, NEWLINE]
    if (this.roundTo === 0) return whole
    const bytes = lengthOf(whole)
    const length = Math.max(this.#length, Math.ceil(bytes / this.roundTo) * this.roundTo)
    return [...whole, Buffer.alloc(length - bytes, 0x20)]
  }
}

const NEWLINE = Buffer.from('\n')

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0)
}
