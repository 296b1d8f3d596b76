import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { secretName } from '../../../domain/remote-reach.ts'
import { type Server, serverName } from '../../../domain/server.ts'
import { text } from '../../../domain/text.ts'
import { actorOf } from '../../actor-of.ts'
import { readForm as readBodyForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { type ProbeView, probeView } from '../../servers/probe-view.ts'
import { readChanges } from '../../servers/read-changes.ts'
import { fieldsOf, serverValue } from '../../servers/server-fields.ts'
import { serverLine } from '../../servers/server-line.ts'
import { type Failed, rowsOf } from '../../settings/form.ts'
import { sendSettings } from '../../settings/form-page.ts'
import { visitOf } from '../../visit.ts'
import { pauseView } from '../../watching/pause-view.ts'
import { mergeSuggestions } from '../care/merge-suggestions.ts'

/** `GET /settings/servers/:id`. */
export function serverSettingsPage(ctx: Context, house: House): void {
  render(ctx, house, readServer(ctx, house), {})
}

/** `POST /settings/servers/:id`: saves; with `do=test` it then tries the connection. */
export async function saveServer(ctx: Context, house: House): Promise<void> {
  const server = readServer(ctx, house)
  const form = await readBodyForm(ctx.req)
  const { changes, reading } = readChanges(form, server, house)
  if (!reading.isGood) {
    ctx.status = 422
    return render(ctx, house, server, { failed: reading.failed, hasFaults: true })
  }
  await house.collecting.change.save(server.id, changes, actorOf(ctx))
  await savePassword(ctx, house, server, reading.secrets.get(secretName(server.id)))
  house.bus.emit('state-changed', { why: 'server.change' })
  if (form.get('do') === 'test') return await tryServer(ctx, house, server.id)
  done(ctx, `/settings/servers/${server.id}`, text('settings.saved'))
}

/** `POST /settings/servers/:id/pin` with `pin`: trusts the certificate that was refused, and tries again. */
export async function pinCertificate(ctx: Context, house: House): Promise<void> {
  const server = readServer(ctx, house)
  const form = await readBodyForm(ctx.req, 16_384)
  const pin = form.get('pin') ?? ''
  if (!/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/.test(pin))
    throw new Failure('invalid', text('servers.fault.fingerprint'))
  await house.collecting.change.save(server.id, { tls: 'pinned', pinnedSha256: pin }, actorOf(ctx))
  await tryServer(ctx, house, server.id)
}

/** `POST /settings/servers/:id/archive` with `do=archive` or `do=unarchive`. */
export async function archiveServer(ctx: Context, house: House): Promise<void> {
  const server = readServer(ctx, house)
  const form = await readBodyForm(ctx.req, 16_384)
  const isArchived = form.get('do') !== 'unarchive'
  await house.collecting.change.archive(server.id, isArchived, actorOf(ctx))
  // What was open is closed by the sweep: nobody wants to hear of what was put away.
  await house.calendar.now('overdue')
  house.bus.emit('state-changed', { why: 'server.archive' })
  const sentence = text(isArchived ? 'servers.archived' : 'servers.unarchived', { name: serverName(server) })
  done(ctx, `/settings/servers/${server.id}`, sentence)
}

interface Shown {
  readonly failed?: Failed
  readonly hasFaults?: boolean
  readonly probe?: ProbeView
}

function readServer(ctx: Context, house: House): Server {
  const { servers } = house.store.state()
  const id = String(ctx['params'].id)
  const server = Object.hasOwn(servers, id) ? servers[id] : undefined
  if (server === undefined) throw new Failure('not-found', text('error.no-such-server'))
  return server
}

async function savePassword(
  ctx: Context,
  house: House,
  server: Server,
  typed: string | null | undefined,
): Promise<void> {
  if (typed === undefined) return
  await house.secrets.set(secretName(server.id), typed)
  const changes = { password: ['***', typed === null ? '' : '***'] as const }
  await house.actions.audit({
    action: 'server.change',
    ...doerOf(ctx),
    result: 'done',
    target: server.id,
    changes,
  })
}

/** As it is stored now: what was typed has just been saved. */
async function tryServer(ctx: Context, house: House, serverId: string): Promise<void> {
  const server = house.store.state().servers[serverId]
  if (server === undefined) throw new Failure('not-found', text('error.no-such-server'))
  const probed = await house.collecting.check(serverId, actorOf(ctx))
  render(ctx, house, server, { probe: probeView(server.address, probed, visitOf(ctx)) })
}

function render(ctx: Context, house: House, server: Server, shown: Shown): void {
  const visit = visitOf(ctx)
  const source = {
    value: (field: Parameters<typeof serverValue>[1]) => serverValue(server, field),
    canChange: true,
  }
  const path = `/settings/servers/${server.id}`
  sendSettings(ctx, house, 'servers', 'pages/servers/server', {
    line: serverLine(server, house.store.state(), visit),
    crumbs: [{ href: visit.link('/settings/servers'), label: visit.words.say('settings.servers.title') }],
    action: visit.link(path),
    pageHref: visit.link(`/servers/${server.id}`),
    rows: rowsOf(fieldsOf(server.id), house, visit, shown.failed, source),
    hasFaults: shown.hasFaults === true,
    probes: shown.probe === undefined ? [] : [shown.probe],
    pause: pauseView({ kind: 'server', id: server.id }, server.pausedUntil, visit, path),
    isArchived: server.archivedAt !== null,
    suggestions: mergeSuggestions(house.store.state(), visit, server.id),
  })
}
