import { createHmac, hash, randomBytes } from 'node:crypto'

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789' // 32 signs that are not mistaken for one another

/** A random name of `length` letters and digits, 5 bits each. */
export function randomName(length: number): string {
  return Array.from(randomBytes(length), (byte) => LETTERS[byte & 31]).join('')
}

/** A fresh id of ours: `srv_k3...`, `job_...`; 60 bits, enough for a home. */
export function newId(kind: string): string {
  return `${kind}_${randomName(12)}`
}

/** A secret for a person or program to carry: 256 bits in base64url. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** A password for a person to type once: 60 bits, and a letter of each kind for whatever policy there is. */
export function madePassword(): string {
  return `${randomName(4)}-${randomName(4)}-${randomName(4)}-K7`
}

/** SHA-256 in hex: how secrets that we only compare are stored. */
export function sha256(text: string | Uint8Array): string {
  return hash('sha256', text, 'hex')
}

/** A hash only the holder of the key can make (HMAC-SHA-256), in base64url: for tokens that need not be stored. */
export function keyedHash(key: string | Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}
