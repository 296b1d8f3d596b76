import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

/** An archive that was made by itself. */
export interface KeptCopy {
  readonly name: string
  readonly at: string
  readonly bytes: number
}

const NAME = /^duplistatus-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tar\.gz$/

/** `duplistatus-2026-11-22T02-20-00Z.tar.gz` */
export function copyName(now: Date): string {
  return `duplistatus-${now.toISOString().slice(0, 19).replace(/:/g, '-')}Z.tar.gz`
}

/**
 * Writes an archive into a folder and deletes the oldest ones over `keep`. It bears its name only when it is
 * complete and on disk. @throws Failure `unavailable` where the folder cannot be written to
 */
export async function keepCopy(
  tar: Readable,
  to: { readonly folder: string; readonly keep: number; readonly now: Date },
): Promise<KeptCopy> {
  const name = copyName(to.now)
  const draft = join(to.folder, `${name}.part`)
  try {
    // Only the folder itself: where what it lies in is gone, a disk is not mounted, and a copy would be lost here.
    await mkdir(to.folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await dropDrafts(to.folder)
    await pipeline(tar, createGzip(), createWriteStream(draft, { mode: 0o600 }))
    const file = await open(draft, 'r+')
    await file.sync().finally(() => file.close())
    await rename(draft, join(to.folder, name))
  } catch (error) {
    tar.destroy()
    await rm(draft, { force: true }).catch(() => undefined)
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new Failure('unavailable', text('care.copy.failed', { folder: to.folder, reason }), {
      cause: error,
    })
  }
  const all = await listCopies(to.folder)
  for (const old of all.slice(Math.max(1, to.keep))) await rm(join(to.folder, old.name), { force: true })
  return all.find((one) => one.name === name) ?? { name, at: to.now.toISOString(), bytes: 0 }
}

/** What a kill left of copies that were never finished. */
async function dropDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (/\.part$/.test(name) && NAME.test(name.slice(0, -'.part'.length)))
      await rm(join(folder, name), { force: true })
}

/** Copies in a folder, newest first; none where there is no folder. */
export async function listCopies(folder: string): Promise<readonly KeptCopy[]> {
  const names = await readdir(folder).catch(() => [])
  const found: KeptCopy[] = []
  for (const name of names.filter((one) => NAME.test(one))) {
    const about = await stat(join(folder, name)).catch(() => null)
    if (about !== null) found.push({ name, at: about.mtime.toISOString(), bytes: about.size })
  }
  return found.sort((a, b) => (a.name < b.name ? 1 : -1))
}

/** Path of a copy by its name; null where it is not one. */
export function copyPath(folder: string, name: string): string | null {
  return NAME.test(name) ? join(folder, name) : null
}
