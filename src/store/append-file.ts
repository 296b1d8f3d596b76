import { type Disk, type DiskFile, writeAll } from './disk.ts'

/**
 * A file that only grows at its end. What was staged counts after `keep`; `undo` cuts it off again, so that a
 * failed write leaves the file as it was.
 */
export class AppendFile {
  readonly path: string
  #length: number
  #staged = 0
  readonly #file: DiskFile

  private constructor(path: string, file: DiskFile, length: number) {
    this.path = path
    this.#file = file
    this.#length = length
  }

  /** Opens a file that is there; `length` is the end of what counts in it. */
  static async open(disk: Disk, path: string, length?: number): Promise<AppendFile> {
    const file = await disk.open(path, 'r+')
    return new AppendFile(path, file, length ?? (await file.size()))
  }

  static async create(disk: Disk, path: string): Promise<AppendFile> {
    return new AppendFile(path, await disk.open(path, 'w'), 0)
  }

  /** Bytes that count. */
  get length(): number {
    return this.#length
  }

  /** Writes at the end. Nothing to write costs nothing. */
  async stage(bytes: Uint8Array): Promise<void> {
    this.#staged = bytes.length
    if (bytes.length > 0) await writeAll(this.#file, bytes, this.#length)
  }

  /** Waits until the device has what was staged. */
  async sync(): Promise<void> {
    if (this.#staged > 0) await this.#file.sync()
  }

  keep(): void {
    this.#length += this.#staged
    this.#staged = 0
  }

  /** Throws an EIO where it cannot: what was staged may then come back, so nothing more may be written. */
  async undo(): Promise<void> {
    if (this.#staged === 0) return
    this.#staged = 0
    await this.#file.truncate(this.#length).catch((cause: unknown) => {
      throw Object.assign(new Error(`could not cut ${this.path}`, { cause }), { code: 'EIO' })
    })
  }

  /** Stages and keeps; after a failure the file is as before, or the error says that it could not be. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      await this.stage(bytes)
      await this.sync()
    } catch (error) {
      await this.undo()
      throw error
    }
    this.keep()
  }

  /** Cuts off whatever stands behind what counts. */
  async cut(): Promise<void> {
    await this.#file.truncate(this.#length)
    await this.#file.sync()
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}
