import type { ServerResponse } from 'node:http'
import helmet from 'helmet'
import type { Context, Next } from 'koa'
import { visitOf } from './visit.ts'

/**
 * Security headers. Inside Home Assistant the page shares its origin with everything else there, so whatever
 * would reach beyond this page (HSTS, Clear-Site-Data, upgrade-insecure-requests, COOP) is never sent.
 */
export async function secureHeaders(ctx: Context, next: Next): Promise<void> {
  nonces.set(ctx.res, visitOf(ctx).nonce)
  await new Promise<void>((resolve, reject) => {
    protect(ctx.req, ctx.res, (error?: unknown) => (error === undefined ? resolve() : reject(error)))
  })
  ctx.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()')
  await next()
}

const nonces = new WeakMap<ServerResponse, string>()

// Made once: making it anew for each request costs more than all other headers.
const protect = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", (_, res) => `'nonce-${nonces.get(res)}'`],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      fontSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'self'"],
    },
  },
  crossOriginOpenerPolicy: false,
  crossOriginEmbedderPolicy: false,
  crossOriginResourcePolicy: { policy: 'same-origin' },
  originAgentCluster: false,
  referrerPolicy: { policy: 'same-origin' },
  strictTransportSecurity: false,
  xFrameOptions: { action: 'sameorigin' },
  xPermittedCrossDomainPolicies: false,
  xDnsPrefetchControl: false,
  xXssProtection: false,
})
