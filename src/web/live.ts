import { PassThrough } from 'node:stream'
import type { Context } from 'koa'
import type { Events } from '../domain/events.ts'
import type { House } from './house.ts'

const HEARTBEAT_MS = 20_000
const NAMES: readonly (keyof Events)[] = ['run-recorded', 'state-changed', 'live-status', 'progress']

/**
 * `GET /events`: server-sent events. Each says only that something changed; the page then asks for its fragment
 * again, so a lost event costs nothing. Never compressed: proxies and gzip would hold events back.
 */
export function events(ctx: Context, house: House): void {
  const stream = new PassThrough()
  ctx.type = 'text/event-stream'
  ctx.set('Cache-Control', 'no-cache, no-transform')
  ctx.set('X-Accel-Buffering', 'no')
  ctx.body = stream
  ctx.req.socket.setTimeout(0)
  // Two kilobytes of comment: proxies that buffer small beginnings let the stream through.
  stream.write(`:${' '.repeat(2048)}\nretry: 3000\nevent: hello\ndata: {}\n\n`)
  const stops = NAMES.map((name) =>
    house.bus.on(name, (event) => stream.write(`event: ${name}\ndata: ${JSON.stringify(event)}\n\n`)),
  )
  const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS)
  const end = () => {
    clearInterval(heartbeat)
    for (const stop of stops) stop()
    stream.destroy()
    open.delete(end)
  }
  open.add(end)
  ctx.req.once('close', end)
  stream.once('error', end)
}

const open = new Set<() => void>()

/** Ends all streams, so that the doors can close. */
export function endStreams(): void {
  for (const end of open) end()
}
