import type { IncomingMessage, ServerResponse } from 'node:http'
import helmet from 'helmet'
import type { Context, Next } from 'koa'
import { visitOf } from './visit.ts'

/**
 * Security headers. Inside Home Assistant the page shares its origin with everything else there, so whatever
 * would reach beyond this page (HSTS, Clear-Site-Data, upgrade-insecure-requests, COOP) is never sent.
 */
export function secureHeaders(ctx: Context, next: Next): Promise<void> {
  for (const [name, value] of SAME) ctx.res.setHeader(name, value)
  ctx.res.setHeader('Content-Security-Policy', POLICY.join(visitOf(ctx).nonce))
  return next()
}

const NONCE = 'NONCE'

const protect = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", `'nonce-${NONCE}'`],
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

// Written once: only the nonce differs from answer to answer, and writing all of it anew took a twentieth of an upload.
const { policy, ...same } = writeOnce()
const POLICY = policy.split(NONCE)
const SAME = Object.entries({
  ...same.headers,
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
})

/** The headers as helmet sets them on an answer. */
function writeOnce(): { policy: string; headers: Record<string, string> } {
  const headers: Record<string, string> = {}
  const answer = {
    setHeader: (name: string, value: string) => {
      headers[name] = value
    },
    removeHeader: () => undefined,
  }
  protect({} as IncomingMessage, answer as unknown as ServerResponse, () => undefined)
  const { 'Content-Security-Policy': policy = '', ...others } = headers
  return { policy, headers: others }
}
