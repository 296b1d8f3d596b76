import { isUtf8 } from 'node:buffer'

/**
 * The text of a body. A byte order mark decides, else the bytes do: UTF-8, UTF-16, or Latin-1 where not one
 * non-ASCII sign makes sense as UTF-8. The declared charset is only a hint.
 */
export function decodeBody(body: Uint8Array, contentType: string | null): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const [first, second] = bytes
  if (first === 0xef && second === 0xbb && bytes[2] === 0xbf) return bytes.toString('utf8', 3)
  if (first === 0xff && second === 0xfe) return bytes.toString('utf16le', 2)
  if (first === 0xfe && second === 0xff) return bigEndian(bytes.subarray(2))
  if (first !== undefined && first !== 0 && second === 0 && bytes[3] === 0) return bytes.toString('utf16le')
  if (first === 0 && second !== undefined && second !== 0 && bytes[2] === 0) return bigEndian(bytes)
  if (isUtf8(bytes)) return bytes.toString('utf8')
  const declared = declaredText(bytes, contentType)
  if (declared !== null) return declared
  const text = bytes.toString('utf8')
  return /[\u0080-\ufffc]/.test(text) ? text : bytes.toString('latin1')
}

function bigEndian(bytes: Buffer): string {
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1))
  return even.swap16().toString('utf16le')
}

/** What the declared charset makes of bytes that are no UTF-8; null where none is declared, or one unknown to us. */
function declaredText(bytes: Buffer, contentType: string | null): string | null {
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec((contentType ?? '').slice(0, 500))?.[1]
  if (charset === undefined || /^(us-ascii|utf-?8)$/i.test(charset)) return null
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return null
  }
}
