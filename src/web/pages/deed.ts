import type { Context } from 'koa'
import { serverName } from '../../domain/server.ts'
import { doerOf } from '../doer.ts'
import type { House } from '../house.ts'
import { sendPage } from '../send-page.ts'
import { visitOf } from '../visit.ts'

/** `GET /n/:token`: what a link in a message would do, with the button that does it. Looking changes nothing. */
export function deedPage(ctx: Context, house: House): void {
  render(ctx, house, house.notices.links.look(tokenOf(ctx)))
}

/**
 * `POST /n/:token`: does it, without signing in: whoever holds the link may, once. ntfy's web app posts from its own
 * site; nothing but the token counts here, so that is allowed.
 */
export async function doDeed(ctx: Context, house: House): Promise<void> {
  allowAnySite(ctx)
  const look = await house.notices.links.use(tokenOf(ctx))
  if (look.standing === 'done') {
    await house.actions.audit({
      action: `incident.${look.verb ?? 'acknowledge'}`,
      ...doerOf(ctx),
      who: 'link',
      result: 'done',
      target: look.incidents.map((incident) => incident.id).join(' '),
    })
    house.bus.emit('state-changed', { why: 'incident' })
  }
  if (ctx.accepts('html', 'json') !== 'html') ctx.body = { standing: look.standing }
  else render(ctx, house, look)
}

/** `OPTIONS /n/:token`: browsers ask first. */
export function deedOptions(ctx: Context): void {
  allowAnySite(ctx)
  ctx.status = 204
}

function allowAnySite(ctx: Context): void {
  ctx.set('Access-Control-Allow-Origin', '*')
  ctx.set('Access-Control-Allow-Methods', 'POST')
  ctx.set('Access-Control-Allow-Headers', '*')
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin')
}

function tokenOf(ctx: Context): string {
  return String(ctx['params'].token).slice(0, 200)
}

function render(ctx: Context, house: House, look: ReturnType<House['notices']['links']['look']>): void {
  const { words } = visitOf(ctx)
  const state = house.store.state()
  ctx.set('Referrer-Policy', 'no-referrer')
  sendPage(
    ctx,
    house,
    'pages/deed',
    {
      title: words.say('deed.title'),
      isNarrow: true,
      help: 'notices',
      status: look.standing === 'unknown' ? 404 : 200,
    },
    {
      standing: look.standing,
      verb: look.verb ?? 'acknowledge',
      because: look.because === null ? '' : words.say(look.because),
      incidents: look.incidents.map((incident) => {
        const job = incident.jobId === null ? undefined : state.jobs[incident.jobId]
        const server = state.servers[incident.serverId]
        return {
          job: job?.name ?? '',
          server: server === undefined ? '' : serverName(server),
          because: words.say(incident.because),
        }
      }),
    },
  )
}
