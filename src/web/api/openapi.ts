import { readFileSync } from 'node:fs'
import type { Context } from 'koa'

let text: string | null = null

/** `GET /api/v1/openapi.json`: what this API is, for programs that make clients. */
export function openapi(ctx: Context): void {
  text ??= readFileSync(new URL('./openapi.json', import.meta.url), 'utf8')
  ctx.type = 'application/json'
  ctx.set('Cache-Control', 'no-cache')
  ctx.body = text
}
