import helmet from 'helmet'
import type { Context, Next } from 'koa'
import { visitOf } from './visit.ts'

/**
 * Security headers. Inside Home Assistant the page shares its origin with everything else there, so whatever
 * would reach beyond this page (HSTS, Clear-Site-Data, upgrade-insecure-requests, COOP) is never sent.
 */
export async function secureHeaders(ctx: Context, next: Next): Promise<void> {
  const { nonce } = visitOf(ctx)
  await new Promise<void>((resolve, reject) => {
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'", `'nonce-${nonce}'`],
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
    })(ctx.req, ctx.res, (error?: unknown) => (error === undefined ? resolve() : reject(error)))
  })
  ctx.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()')
  await next()
}
