import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { serverName } from '../../../domain/server.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { reportAddress } from '../../report-address.ts'
import { sendSettings } from '../../settings/form-page.ts'
import { visitOf } from '../../visit.ts'

const SCOPES = ['report', 'read', 'admin'] as const
const DAY_MS = 86_400_000

/** `GET /settings/tokens`. */
export async function tokensPage(ctx: Context, house: House): Promise<void> {
  await render(ctx, house, {})
}

/** `POST /settings/tokens` with `name`, `scopes`, `server`, `days`: shows the token, this once. */
export async function addToken(ctx: Context, house: House): Promise<void> {
  const form = await readForm(ctx.req, 16_384)
  const days = Number(/^\d{1,4}$/.exec(form.get('days') ?? '')?.[0] ?? 0)
  const server = form.get('server') ?? ''
  const name = form.get('name') ?? ''
  const scopes = SCOPES.filter((scope) => form.getAll('scopes').includes(scope))
  try {
    const secret = await house.actions.people.addToken(
      {
        name,
        scopes,
        serverId: Object.hasOwn(house.store.state().servers, server) ? server : null,
        expiresAt: days > 0 ? new Date(house.clock.now().getTime() + days * DAY_MS).toISOString() : null,
      },
      doerOf(ctx),
    )
    await render(ctx, house, { made: secret, isForReports: scopes.some((scope) => scope !== 'read') })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    ctx.status = 422
    const faults = { [error.field ?? 'name']: visitOf(ctx).words.say(error.text) }
    await render(ctx, house, { faults, name, chosen: scopes })
  }
}

/** `POST /settings/tokens/:id/remove`. */
export async function removeToken(ctx: Context, house: House): Promise<void> {
  await house.actions.people.removeToken(String(ctx['params'].id), doerOf(ctx))
  done(ctx, '/settings/tokens', text('tokens.removed'))
}

interface Filled {
  readonly name?: string
  readonly chosen?: readonly string[]
  readonly faults?: Readonly<Record<string, string>>
  /** A token made just now: shown once. */
  readonly made?: string
  readonly isForReports?: boolean
}

async function render(ctx: Context, house: House, filled: Filled): Promise<void> {
  const state = house.store.state()
  const visit = visitOf(ctx)
  const { made = null } = filled
  const forReports = filled.isForReports === true ? await reportAddress(house, visit) : null
  ctx.set('Cache-Control', 'no-store')
  sendSettings(ctx, house, 'tokens', 'pages/people/tokens', {
    tokens: Object.values(state.tokens).map((token) => {
      const server = token.serverId === null ? undefined : state.servers[token.serverId]
      return { ...token, hash: '', server: server === undefined ? '' : serverName(server) }
    }),
    servers: Object.values(state.servers).map((server) => ({ id: server.id, name: serverName(server) })),
    scopes: SCOPES,
    name: filled.name ?? '',
    chosen: filled.chosen ?? [],
    faults: filled.faults ?? {},
    made,
    uploadAddress: forReports === null ? '' : `${forReports.address}/${made}`,
  })
}
