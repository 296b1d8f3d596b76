import { decodeBody } from './decode.ts'
import { encodeForm, formFields } from './form.ts'
import {
  ADDRESS_END,
  AUTHORITY_END,
  LINE_END,
  NAMED_END,
  nameStart,
  OPTION_END,
  QUERY_END,
  type Span,
  scan,
  skipSpace,
  skipSpaceBack,
  valueSpan,
} from './mask-scan.ts'
import { isSecretName, isSecretOption } from './secret-names.ts'

/**
 * The text without secrets: user and password of addresses (`ftp://user:pw@host`), values of options and queries
 * with a telling name (`--passphrase=`, `&authid=`, `"Password": "..."`), bearer tokens, private keys. Time is
 * linear in the length; masking twice changes nothing.
 */
export function maskSecrets(text: string): string {
  let masked = text
  if (masked.includes('=')) masked = maskOptions(masked)
  if (SECRET_WORD.test(masked)) masked = maskPrivateKeys(maskTokens(maskNamed(masked)))
  return masked.includes('://') ? maskUserinfo(masked) : masked
}

/** The same for a body that could not be read as a report, before a copy of it is set aside. */
export function maskBytes(body: Uint8Array): Uint8Array {
  const text = decodeBody(body, null)
  const fields = formFields(text)
  if (fields === null) return Buffer.from(maskSecrets(text))
  const masked = fields.map(({ name, value }) => ({
    name: maskSecrets(name),
    value: isSecretOption(name) ? MASK : maskSecrets(value),
  }))
  return Buffer.from(encodeForm(masked))
}

export const MASK = '***'

const SECRET_WORD = /pass|pwd|secret|token|auth|credential|key|signature|cookie|bearer|\/bot|access-grant/i

/** `--option=value`, `?query=value`, `option = "a value"`. */
function maskOptions(text: string): string {
  const out = new Output(text)
  for (let at = text.indexOf('='); at !== -1; at = text.indexOf('=', at + 1)) {
    if (at < out.copied) continue
    const end = skipSpaceBack(text, at)
    const start = nameStart(text, end)
    if (start === end || !isSecretOption(text.slice(start, end))) continue
    const value = end < at ? skipSpace(text, at + 1) : at + 1
    out.mask(valueSpan(text, value, text.startsWith('--', start) ? OPTION_END : QUERY_END))
  }
  return out.end()
}

/** `"Password": "value"`, `passphrase: value`, `Authorization: Basic value`. */
function maskNamed(text: string): string {
  const out = new Output(text)
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    if (at < out.copied) continue
    let end = skipSpaceBack(text, at)
    if (text.charAt(end - 1) === '"' || text.charAt(end - 1) === "'") end--
    if (text.charAt(end - 1) === '\\') end--
    const start = nameStart(text, end)
    if (start === end || text.startsWith('//', at + 1)) continue
    const name = text.slice(start, end)
    if (!isSecretName(name)) continue
    const value = skipSpace(text, at + 1)
    out.mask(valueSpan(text, value, /(authorization|cookie)$/i.test(name) ? LINE_END : NAMED_END))
  }
  return out.end()
}

/** `Bearer eyJ...` and the key in the address of a Telegram bot. */
function maskTokens(text: string): string {
  return text
    .replace(/\bBearer {1,4}(?=[a-z_+/=.~-]*\d)[\w+/=.~-]{8,}/gi, `Bearer ${MASK}`)
    .replace(/\/bot\d{1,20}:[\w-]{8,}/g, `/bot${MASK}`)
}

function maskPrivateKeys(text: string): string {
  const out = new Output(text)
  for (let at = text.indexOf(KEY_BEGIN); at !== -1; at = text.indexOf(KEY_BEGIN, at + 1)) {
    const head = text.indexOf('-----', at + KEY_BEGIN.length)
    if (at < out.copied || head === -1 || head > at + 60) continue
    if (!text.startsWith('PRIVATE KEY', head - 11)) continue
    const tail = text.indexOf('-----END', head + 5)
    out.mask({ from: head + 5, to: tail === -1 ? text.length : tail })
  }
  return out.end()
}

const KEY_BEGIN = '-----BEGIN '

/** `scheme://user:password@host`; also where the password holds a slash. */
function maskUserinfo(text: string): string {
  const out = new Output(text)
  let sign = -1
  let wordEnd = -1
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const from = at + 3
    if (at < out.copied) continue
    // Both are looked for once only, so that a text full of addresses costs no more than another.
    if (sign < from) sign = text.indexOf('@', from)
    if (sign === -1) break
    const host = scan(text, from, AUTHORITY_END)
    if (sign < host) out.mask({ from, to: lastSign(text, host) })
    else if (/:(?!\d{0,5}$)/.test(text.slice(from, host))) {
      if (wordEnd < host) wordEnd = scan(text, host, ADDRESS_END)
      if (sign < wordEnd) out.mask({ from, to: lastSign(text, wordEnd) })
    }
  }
  return out.end()
}

/** The last `@` before `end`; there is one. */
function lastSign(text: string, end: number): number {
  return text.lastIndexOf('@', end - 1)
}

/** Copies a text, leaving `***` where something is masked. */
class Output {
  readonly #text: string
  #out = ''
  copied = 0

  constructor(text: string) {
    this.#text = text
  }

  mask({ from, to }: Span): void {
    if (to <= from || from < this.copied) return
    this.#out += this.#text.slice(this.copied, from) + MASK
    this.copied = to
  }

  end(): string {
    return this.copied === 0 ? this.#text : this.#out + this.#text.slice(this.copied)
  }
}
