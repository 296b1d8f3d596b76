import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import { AppendFile } from './append-file.ts'
import type { Disk } from './disk.ts'
import { closed, failureOf, readOnly } from './fault.ts'
import type { Folders } from './folders.ts'
import { readJournal } from './journal-pages.ts'
import { sealLine } from './line.ts'
import type { Mode } from './mode.ts'
import { months } from './months.ts'
import { scanLines } from './scan.ts'
import type { Journal, JournalEntry, JournalName } from './store-shape.ts'

interface Waiting {
  readonly line: Buffer
  resolve(): void
  reject(error: unknown): void
}

interface Parts {
  readonly disk: Disk
  readonly folders: Folders
  readonly clock: Clock
  readonly mode: Mode
  readonly name: JournalName
  /** Files must not vanish now. */
  readonly held: () => boolean
}

/** Entries in files of a month, `audit/2026-11.ndjson`, one checksummed line each. */
export class JournalFiles implements Journal {
  readonly #parts: Parts
  readonly #folder: string
  #open: { readonly month: string; readonly file: AppendFile } | null = null
  #waiting: Waiting[] = []
  #running: Promise<void> | null = null
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#folder = parts.folders.journal(parts.name)
  }

  append(entry: JournalEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed())
      if (this.#parts.mode.readOnly) return reject(readOnly())
      const line = sealLine(`{"v":1,"entry":${JSON.stringify(entry)}}`)
      this.#waiting.push({ line, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  read(page: Parameters<Journal['read']>[0]): ReturnType<Journal['read']> {
    return readJournal(this.#parts.disk, this.#folder, page)
  }

  async prune(before: Date): Promise<number> {
    if (this.#parts.held() || this.#parts.mode.readOnly) return 0
    const month = before.toISOString().slice(0, 7)
    const old = (await months(this.#parts.disk, this.#folder)).filter((it) => it < month)
    const gone = old.filter((it) => it !== this.#open?.month)
    for (const it of gone) await this.#parts.disk.remove(join(this.#folder, `${it}.ndjson`))
    return gone.length
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    await this.#open?.file.close()
    this.#open = null
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0)
      try {
        const file = await this.#file()
        await file.append(Buffer.concat(batch.map((it) => it.line)))
        this.#parts.mode.worked()
        for (const it of batch) it.resolve()
      } catch (error) {
        this.#parts.mode.failed(error)
        for (const it of batch) it.reject(failureOf(error))
      }
    }
    this.#running = null
  }

  /** The file of this month, or of the last one where the clock went back. */
  async #file(): Promise<AppendFile> {
    const { disk, clock } = this.#parts
    const last = this.#open?.month ?? (await months(disk, this.#folder)).at(-1) ?? ''
    const now = clock.now().toISOString().slice(0, 7)
    const month = [now, last].sort()[1] ?? now
    if (this.#open?.month === month) return this.#open.file
    await this.#open?.file.close()
    this.#open = null
    this.#open = { month, file: await this.#openFile(join(this.#folder, `${month}.ndjson`)) }
    return this.#open.file
  }

  async #openFile(path: string): Promise<AppendFile> {
    const { disk, folders } = this.#parts
    await disk.makeFolder(this.#folder)
    if ((await disk.stat(path)) !== null) {
      // What a crash left at the end was never confirmed.
      const { soundEnd, size } = await scanLines(disk, path, () => undefined)
      const file = await AppendFile.open(disk, path, soundEnd)
      if (size > soundEnd) await file.cut()
      return file
    }
    const file = await AppendFile.create(disk, path)
    await disk.syncFolder(this.#folder)
    await disk.syncFolder(folders.dir)
    return file
  }
}
