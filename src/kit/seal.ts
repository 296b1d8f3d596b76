import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { link, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Seals secrets at rest with a key that stands in a file of its own beside the database (mode 0600). */
export interface Sealer {
  /** AES-256-GCM; iv, tag and text in base64url, joined by dots. */
  seal(text: string): string
  /** null where it was sealed with another key, or damaged. */
  open(sealed: string): string | null
  /** The key was made just now: whatever was sealed before cannot be opened. */
  readonly isFresh: boolean
  /** For keyed hashes of this installation. */
  readonly key: Uint8Array
}

export const KEY_FILE = 'secret.key'
const KEY_BYTES = 32

/** Reads the key of a data folder, or makes one. Throws what the disk throws. */
export async function openSealer(dir: string): Promise<Sealer> {
  const file = join(dir, KEY_FILE)
  const kept = await readKey(file)
  const key = kept ?? (await makeKey(file))
  return {
    key,
    isFresh: kept === null,
    seal(text) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return [iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url')).join('.')
    },
    open(sealed) {
      const [iv, tag, text] = sealed.split('.').map((part) => Buffer.from(part, 'base64url'))
      if (iv === undefined || tag === undefined || text === undefined || tag.length !== 16) return null
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, iv)
        decipher.setAuthTag(tag)
        return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
      } catch {
        return null
      }
    },
  }
}

async function readKey(file: string): Promise<Buffer | null> {
  try {
    const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64url')
    return key.length === KEY_BYTES ? key : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/**
 * A new key, on disk before anything is sealed with it: written beside, renamed, the folder fsynced. A file that
 * is no key is kept under another name. On a read-only disk, where nothing can be sealed anyway, it lives in memory.
 */
async function makeKey(file: string): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES)
  const draft = `${file}.draft`
  try {
    const handle = await open(draft, 'w', 0o600)
    try {
      await handle.writeFile(`${key.toString('base64url')}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(file, `${file}.unreadable`).catch(() => undefined)
    await rename(draft, file)
    const folder = await open(dirname(file), 'r')
    await folder.sync().catch(() => undefined) // some shared folders know no fsync
    await folder.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EROFS') throw error
  }
  return key
}
