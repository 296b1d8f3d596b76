import type { IncomingMessage, RequestListener } from 'node:http'
import Router from '@koa/router'
import type { Context, Next } from 'koa'
import Koa from 'koa'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { senderReader } from './address.ts'
import { compress } from './compress.ts'
import { answerErrors } from './errors.ts'
import { admit } from './gate.ts'
import { secureHeaders } from './headers.ts'
import type { House } from './house.ts'
import { createMount, INGRESS_PATH, unwrapped } from './mount.ts'
import { refuseCrossSite } from './origin.ts'
import { readerOf } from './reader.ts'
import { ROUTES } from './routes.ts'
import { identify } from './session.ts'
import { type Door, Visit, visitOf } from './visit.ts'

/** The listener of one door: the same product, other trust. */
export function createWeb(house: House, door: Door): RequestListener {
  const app = new Koa({ proxy: false })
  const routers = routersOf(house)
  app.on('error', (error) => house.log.debug('A connection ended badly', { error }))
  app.use(answerErrors(house))
  app.use(openVisit(house, door))
  app.use(secureHeaders)
  app.use(compress)
  app.use((ctx: Context, next: Next) => routers.get(firstPart(ctx.path))?.handle(ctx, next) ?? next())
  app.use((ctx: Context) => {
    const found = routers.get(firstPart(ctx.path))?.router.match(ctx.path, ctx.method).path ?? []
    const methods = found.flatMap((layer) => layer.methods)
    if (methods.length === 0) throw new Failure('not-found', text('error.no-such-page'))
    const allowed = [...new Set(methods)].sort().join(', ')
    if (ctx.method === 'OPTIONS') {
      ctx.set('Allow', allowed)
      ctx.status = 204
      return
    }
    throw new Failure('wrong-method', text('error.wrong-method', { method: ctx.method, allowed }))
  })
  return app.callback()
}

interface RouterOfPart {
  readonly router: Router
  handle(ctx: Context, next: Next): Promise<void>
}

/** A router for each first part of a path: a router tries all its routes with every request. */
function routersOf(house: House): ReadonlyMap<string, RouterOfPart> {
  const routers = new Map<string, Router>()
  for (const route of ROUTES) {
    const part = firstPart(route.path)
    const router = routers.get(part) ?? new Router()
    routers.set(part, router)
    router.register(route.path, [route.method], async (ctx: Context) => {
      if (route.anySite !== true) refuseCrossSite(ctx)
      admit(visitOf(ctx), route.who, house)
      await route.handle(ctx, house)
    })
  }
  const ready = [...routers].map(([part, router]) => {
    const handle = router.routes() as unknown as RouterOfPart['handle']
    return [part, { router, handle }] as const
  })
  return new Map(ready)
}

/** `settings` of `/Settings/tags`: routes do not mind capitals. */
function firstPart(path: string): string {
  const end = path.indexOf('/', 1)
  return path.slice(1, end < 0 ? undefined : end).toLowerCase()
}

/** Makes the visit: base path, sender, user, reader. The router sees the path without the base path. */
function openVisit(house: House, door: Door) {
  const sender = senderReader(house.settings.trustProxy)
  let warned = false
  return async (ctx: Context, next: Next): Promise<void> => {
    const from = door === 'public' ? sender(ctx.req) : ingressSender(ctx.req)
    if (from.unlistedProxy && !warned) {
      warned = true
      house.log.warn(
        'Requests come through a proxy that TRUST_PROXY does not name: they count as not local. Add its address to TRUST_PROXY.',
        { proxy: ctx.req.socket.remoteAddress },
      )
    }
    const base = door === 'public' ? house.settings.basePath : ingressBase(ctx)
    if (door === 'public') stripBase(ctx, base)
    else if (ctx.querystring.includes('~') || /%7e/i.test(ctx.querystring)) ctx.query = unwrapped(ctx.query)
    const who = await identify(ctx, house, door)
    ctx.state['visit'] = new Visit({
      door,
      mount: createMount(base, house.assets.hash),
      path: ctx.path,
      from,
      who,
      words: () => house.words(readerOf(ctx, house, who.user)),
      now: house.clock.now(),
    })
    await next()
  }
}

/** Behind ingress the peer is the Supervisor; the door has checked that, and it counts as local. */
function ingressSender(req: IncomingMessage) {
  const https = req.headers['x-forwarded-proto'] === 'https'
  const host = String(req.headers['x-forwarded-host'] ?? req.headers.host ?? '')
  return { address: req.socket.remoteAddress ?? '', local: true, https, host, unlistedProxy: false }
}

function ingressBase(ctx: Context): string {
  const base = ctx.get('X-Ingress-Path')
  if (!INGRESS_PATH.test(base)) throw new Failure('forbidden', text('error.not-ingress'))
  return base
}

/** Reports and links may come with or without the base path: a proxy may have taken it off. */
function stripBase(ctx: Context, base: string): void {
  if (base === '') return
  if (ctx.path === base) ctx.path = '/'
  else if (ctx.path.startsWith(`${base}/`)) ctx.path = ctx.path.slice(base.length)
}
