import type { Context } from 'koa'
import type { Text } from '../domain/text.ts'
import type { Words } from '../domain/words.ts'
import { cookie, setCookie } from './cookies.ts'
import { visitOf } from './visit.ts'

const FLASH = 'ds_flash'

/** Says a sentence on the next page, once: after a form has done what it should, it answers with a redirect. */
export function flash(ctx: Context, sentence: Text): void {
  setCookie(ctx, FLASH, Buffer.from(JSON.stringify(sentence)).toString('base64url'), 60)
}

/** The sentence to say on this page, in the reader's words; null for none. It is said only once. */
export function takeFlash(ctx: Context, words: Words = visitOf(ctx).words): string | null {
  const raw = cookie(ctx, FLASH)
  if (raw === null) return null
  setCookie(ctx, FLASH, '', 0)
  try {
    const sentence = JSON.parse(Buffer.from(raw, 'base64url').toString('utf8')) as Text
    return typeof sentence.key === 'string' && sentence.key.length < 100 ? words.say(sentence) : null
  } catch {
    return null
  }
}

/** The usual end of a form: 303 to a page of ours, with a sentence. */
export function done(ctx: Context, path: string, sentence?: Text): void {
  if (sentence !== undefined) flash(ctx, sentence)
  ctx.status = 303
  ctx.redirect(visitOf(ctx).link(path))
}
