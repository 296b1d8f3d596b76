import { createDecipheriv, pbkdf2Sync } from 'node:crypto'

/**
 * Opens a value sealed by the reference product: `salt:iv:tag:text` in hex, AES-256-GCM, the key by PBKDF2-SHA-256 with
 * 100 000 rounds from the key file. null where there is no key or it is another one.
 */
export function openSealed(sealed: string, key: Buffer | null): string | null {
  const [salt, iv, tag, body] = sealed.split(':').map((part) => Buffer.from(part, 'hex'))
  if (key === null || salt === undefined || iv === undefined || tag === undefined || body === undefined)
    return null
  for (const master of [key, Buffer.from(key.toString('utf8').trim())]) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', pbkdf2Sync(master, salt, 100_000, 32, 'sha256'), iv)
      decipher.setAuthTag(tag)
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    } catch {
      // The key may have been written with a line end.
    }
  }
  return null
}
