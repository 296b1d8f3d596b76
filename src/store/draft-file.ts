import { dirname } from 'node:path'
import { type Disk, type DiskFile, writeAll } from './disk.ts'

const PIECE = 1024 * 1024

/** A file written beside and then put in place: whoever reads the path sees the old one or the whole new one. */
export class DraftFile {
  readonly path: string
  readonly #disk: Disk
  readonly #file: DiskFile
  #pieces: Uint8Array[] = []
  #waiting = 0
  #written = 0

  private constructor(disk: Disk, path: string, file: DiskFile) {
    this.#disk = disk
    this.path = path
    this.#file = file
  }

  static async begin(disk: Disk, path: string): Promise<DraftFile> {
    return new DraftFile(disk, path, await disk.open(path, 'w'))
  }

  /** Writes a whole file, durably, and puts it in place. */
  static async write(disk: Disk, paths: { draft: string; path: string }, bytes: Uint8Array): Promise<void> {
    const draft = await DraftFile.begin(disk, paths.draft)
    try {
      await draft.add(bytes)
      await draft.finish()
      await disk.rename(paths.draft, paths.path)
      await disk.syncFolder(dirname(paths.path))
    } catch (error) {
      await draft.discard()
      throw error
    }
  }

  get length(): number {
    return this.#written + this.#waiting
  }

  async add(bytes: Uint8Array): Promise<void> {
    this.#pieces.push(bytes)
    this.#waiting += bytes.length
    if (this.#waiting >= PIECE) await this.#flush()
  }

  /** All of it is on the device; only the name is missing. */
  async finish(): Promise<void> {
    await this.#flush()
    await this.#file.sync()
    await this.#file.close()
  }

  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined)
    await this.#disk.remove(this.path).catch(() => undefined)
  }

  async #flush(): Promise<void> {
    if (this.#waiting === 0) return
    const bytes = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces)
    this.#pieces = []
    if (bytes !== undefined) await writeAll(this.#file, bytes, this.#written)
    this.#written += this.#waiting
    this.#waiting = 0
  }
}
