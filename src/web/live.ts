import { PassThrough } from 'node:stream'
import type { Context } from 'koa'
import type { Events } from '../domain/events.ts'
import { serverName } from '../domain/server.ts'
import type { House } from './house.ts'
import { type Visit, visitOf } from './visit.ts'

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
  const write = (name: string, data: object) =>
    stream.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
  const newcomers = newServers(house, visitOf(ctx))
  const stops = NAMES.map((name) =>
    house.bus.on(name, (event) => {
      write(name, event)
      for (const newcomer of newcomers()) write('server-added', newcomer)
    }),
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

/** Gives at each call what is to be said of the servers that came since the last one. */
function newServers(house: House, { words }: Visit): () => { sentence: string }[] {
  const known = new Set(Object.keys(house.store.state().servers))
  return () => {
    const fresh = Object.values(house.store.state().servers).filter(({ id }) => !known.has(id))
    for (const { id } of fresh) known.add(id)
    return fresh.map((server) => ({
      sentence: words.say('settings.new-server', { server: serverName(server) }),
    }))
  }
}

const open = new Set<() => void>()

/** Ends all streams, so that the doors can close. */
export function endStreams(): void {
  for (const end of open) end()
}
