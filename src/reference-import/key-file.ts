import { createDecipheriv, createHash, pbkdf2Sync } from 'node:crypto'

/** Opens values that the reference product sealed. */
export interface KeyRing {
  /** null where there is no key, or it is another one. What was never sealed is given as it is. */
  open(sealed: string): string | null
  /** Whether what could not be opened lacks a key, or has the wrong one. */
  readonly trouble: 'no-key' | 'other-key'
}

const SEALED = /^[0-9a-f]{2,128}(:[0-9a-f]{2,64}){2}:([0-9a-f]{2})*$/i
/** A key that opened none of so many opens no other: each try takes 100 000 rounds. */
const TRIES = 3

/**
 * `salt:iv:tag:text` in hex, AES-256-GCM, the key by PBKDF2-SHA-256 with 100 000 rounds from the key file, of which
 * `master_key_fingerprint` is the SHA-256.
 */
export function keyRing(key: Buffer | null, fingerprint: string): KeyRing {
  const forms = key === null ? [] : formsOf(key)
  const known = forms.filter((form) => sha256(form) === fingerprint.trim().toLowerCase())
  let masters = known.length > 0 ? known : forms
  let [opened, missed] = [known.length > 0, 0]
  return {
    trouble: key === null ? 'no-key' : 'other-key',
    open(sealed) {
      if (!SEALED.test(sealed)) return sealed
      if (!opened && missed >= TRIES) return null
      for (const master of masters) {
        const plain = unsealed(sealed, master)
        if (plain === null) continue
        opened = true
        masters = [master]
        return plain
      }
      missed++
      return null
    },
  }
}

/** The bytes as they are; else the key may have been written with a line end, or as hex by a person who kept it. */
function formsOf(key: Buffer): readonly Buffer[] {
  const written = key.toString('latin1').replace(/[\r\n]+$/, '')
  const forms = [key]
  if (written.length !== key.length) forms.push(Buffer.from(written, 'latin1'))
  if (/^([0-9a-f]{2}){16,64}$/i.test(written)) forms.push(Buffer.from(written, 'hex'))
  return forms
}

function unsealed(sealed: string, master: Buffer): string | null {
  const [salt, iv, tag, body] = sealed.split(':').map((part) => Buffer.from(part, 'hex'))
  if (salt === undefined || iv === undefined || tag === undefined || body === undefined) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', pbkdf2Sync(master, salt, 100_000, 32, 'sha256'), iv)
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
  } catch {
    // Another key, or a value that was damaged.
    return null
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
