import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { serverName } from '../../../domain/server.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { sendSettings } from '../../settings/form-page.ts'
import { visitOf } from '../../visit.ts'

const SCOPES = ['report', 'read', 'admin'] as const
const DAY_MS = 86_400_000

/** `GET /settings/tokens`. */
export function tokensPage(ctx: Context, house: House): void {
  render(ctx, house, {}, null)
}

/** `POST /settings/tokens` with `name`, `scopes`, `server`, `days`: shows the token, this once. */
export async function addToken(ctx: Context, house: House): Promise<void> {
  const form = await readForm(ctx.req, 16_384)
  const days = Number(form.get('days') ?? 0)
  const server = form.get('server') ?? ''
  try {
    const secret = await house.actions.people.addToken(
      {
        name: form.get('name') ?? '',
        scopes: SCOPES.filter((scope) => form.getAll('scopes').includes(scope)),
        serverId: Object.hasOwn(house.store.state().servers, server) ? server : null,
        expiresAt: days > 0 ? new Date(house.clock.now().getTime() + days * DAY_MS).toISOString() : null,
      },
      doerOf(ctx),
    )
    render(ctx, house, {}, secret)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    ctx.status = 422
    render(ctx, house, { [error.field ?? 'name']: visitOf(ctx).words.say(error.text) }, null)
  }
}

/** `POST /settings/tokens/:id/remove`. */
export async function removeToken(ctx: Context, house: House): Promise<void> {
  await house.actions.people.removeToken(String(ctx['params'].id), doerOf(ctx))
  done(ctx, '/settings/tokens', text('tokens.removed'))
}

function render(
  ctx: Context,
  house: House,
  faults: Readonly<Record<string, string>>,
  made: string | null,
): void {
  const state = house.store.state()
  const visit = visitOf(ctx)
  ctx.set('Cache-Control', 'no-store')
  sendSettings(ctx, house, 'tokens', 'pages/people/tokens', {
    tokens: Object.values(state.tokens).map((token) => {
      const server = token.serverId === null ? undefined : state.servers[token.serverId]
      return { ...token, hash: '', server: server === undefined ? '' : serverName(server) }
    }),
    servers: Object.values(state.servers).map((server) => ({ id: server.id, name: serverName(server) })),
    scopes: SCOPES,
    faults,
    made,
    uploadAddress: made === null ? '' : `${visit.origin}${visit.link(`/api/upload/${made}`)}`,
  })
}
