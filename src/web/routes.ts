import type { Context } from 'koa'
import { upload } from './api/upload.ts'
import type { Who } from './gate.ts'
import type { House } from './house.ts'
import { events } from './live.ts'
import { signInPage, signInPost } from './pages/sign-in.ts'

/**
 * One row a route: who may use it, and what kind of answer it gives. `tests/` walks this table as everybody, so
 * a new route needs its row there too.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly who: Who
  readonly as: 'page' | 'fragment' | 'action' | 'json' | 'file' | 'stream'
  readonly handle: (ctx: Context, house: House) => void | Promise<void>
}

/** The only route table. Order matters where a fixed word stands in the place of a parameter. */
export const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/upload', who: 'reporter', as: 'json', handle: upload },
  { method: 'PUT', path: '/api/upload', who: 'reporter', as: 'json', handle: upload },
  { method: 'POST', path: '/api/upload/:token', who: 'reporter', as: 'json', handle: upload },
  { method: 'GET', path: '/sign-in', who: 'anyone', as: 'page', handle: signInPage },
  { method: 'POST', path: '/sign-in', who: 'anyone', as: 'action', handle: signInPost },
  { method: 'GET', path: '/events', who: 'viewer', as: 'stream', handle: events },
  {
    method: 'GET',
    path: '/assets/:hash/*name',
    who: 'anyone',
    as: 'file',
    handle: (ctx, house) => house.assets.serve(ctx, ctx['params'].hash, ctx['params'].name),
  },
]
