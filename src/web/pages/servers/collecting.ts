import { Readable } from 'node:stream'
import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { isReachable } from '../../../domain/remote-reach.ts'
import type { State } from '../../../domain/state.ts'
import { text } from '../../../domain/text.ts'
import { actorOf } from '../../actor-of.ts'
import { readForm } from '../../body.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { collectView } from '../../servers/collect-view.ts'
import { readFile, type TakenView } from '../../servers/read-file.ts'
import { serverLines } from '../../servers/server-lines.ts'
import { COLLECTING } from '../../settings/collect-fields.ts'
import { readForm as readSettings, rowsOf } from '../../settings/form.ts'
import { saveReading, sendSettings } from '../../settings/form-page.ts'
import type { Section } from '../../settings/section.ts'
import { visitOf } from '../../visit.ts'

const PATH = '/settings/collecting'
const SECTION: Section = {
  name: 'collecting',
  group: 'sources',
  icon: 'download',
  who: 'administrator',
  fields: COLLECTING,
}

/** `GET /settings/collecting`: how often, from whom, how far it is, and files by hand. */
export function collectingPage(ctx: Context, house: House): void {
  render(ctx, house, {})
}

/** `POST /settings/collecting`: how often. */
export async function saveCollecting(ctx: Context, house: House): Promise<void> {
  const reading = readSettings(COLLECTING, house, await readForm(ctx.req, 65_536))
  if (!reading.isGood) {
    ctx.status = 422
    return render(ctx, house, { failed: reading.failed })
  }
  await saveReading(ctx, house, SECTION, reading)
  done(ctx, PATH, text('settings.saved'))
}

/** `POST /servers/:id/collect`. */
export function collectServer(ctx: Context, house: House): void {
  const { servers } = house.store.state()
  const id = String(ctx['params'].id)
  if (!Object.hasOwn(servers, id)) throw new Failure('not-found', text('error.no-such-server'))
  house.collecting.desk.start([id], actorOf(ctx))
  done(ctx, PATH)
}

/** `POST /collect`: from every `server` that is named; with `do=all` from all that can be asked. */
export async function collectServers(ctx: Context, house: House): Promise<void> {
  const form = await readForm(ctx.req, 65_536)
  const able = collectable(house.store.state())
  const named = new Set(form.getAll('server'))
  const wanted = form.get('do') === 'all' ? able : able.filter((id) => named.has(id))
  if (wanted.length === 0) return done(ctx, PATH, text('collecting.none-chosen'))
  house.collecting.desk.start(wanted, actorOf(ctx))
  done(ctx, PATH)
}

/** `POST /collect/stop`. */
export function stopCollecting(ctx: Context, house: House): void {
  house.collecting.desk.cancel(actorOf(ctx))
  done(ctx, PATH, text('collecting.stopping'))
}

/** `POST /servers/:id/collected.json`: what the logs of a server hold, as a file; nothing is recorded. */
export async function downloadCollected(ctx: Context, house: House): Promise<void> {
  const id = String(ctx['params'].id)
  const gone = new AbortController()
  ctx.res.once('close', () => gone.abort())
  const pieces = await house.collecting.logFile(id, actorOf(ctx), gone.signal)
  const stamp = visitOf(ctx).now.toISOString().slice(0, 19).replace(/:/g, '-')
  ctx.attachment(`${fileName(serverNameOf(house.store.state(), id))}-${stamp}Z.json`)
  ctx.type = 'application/json; charset=utf-8'
  ctx.set('Cache-Control', 'no-store')
  ctx.body = Readable.from(pieces, { objectMode: false })
}

/** A name that every system takes for a file. */
function fileName(name: string): string {
  return name.replace(/[\p{C}\\/:*?"<>|]+/gu, '-').slice(0, 60)
}

/** `POST /settings/collecting/file`: the runs of a file, or of what was pasted. */
export async function takeRunsFile(ctx: Context, house: House): Promise<void> {
  try {
    const taken = await readFile(ctx, house)
    house.bus.emit('state-changed', { why: 'runs.file' })
    render(ctx, house, { taken })
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'invalid') throw error
    ctx.status = 422
    render(ctx, house, { fileFault: visitOf(ctx).words.say(error.text) })
  }
}

interface Shown {
  readonly failed?: Parameters<typeof rowsOf>[3]
  readonly taken?: TakenView
  readonly fileFault?: string
}

function collectable(state: State): string[] {
  return Object.values(state.servers)
    .filter(isReachable)
    .map((server) => server.id)
}

function render(ctx: Context, house: House, shown: Shown): void {
  const visit = visitOf(ctx)
  const state = house.store.state()
  sendSettings(
    ctx,
    house,
    'collecting',
    'pages/servers/collecting',
    {
      rows: rowsOf(COLLECTING, house, visit, shown.failed),
      going: collectView(house, visit),
      servers: serverLines(state, visit).servers.filter((line) => line.address !== ''),
      jobs: Object.values(state.jobs).map((job) => ({
        id: job.id,
        label: visit.words.say('servers.job-on', {
          job: job.name,
          server: serverNameOf(state, job.serverId),
        }),
      })),
      taken: shown.taken ?? null,
      fileFault: shown.fileFault ?? '',
    },
    { isLive: ctx.method === 'GET' },
  )
}

function serverNameOf(state: State, serverId: string): string {
  const server = state.servers[serverId]
  return server === undefined ? '' : server.alias === '' ? server.name : server.alias
}
