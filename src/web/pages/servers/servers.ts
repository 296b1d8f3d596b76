import type { Context } from 'koa'
import type { AddingLine } from '../../../actions/add-many.ts'
import type { Probed } from '../../../actions/probe-server.ts'
import { Failure } from '../../../domain/failure.ts'
import { isReachable } from '../../../domain/remote-reach.ts'
import type { Reach } from '../../../domain/remote-shape.ts'
import { type Text, text } from '../../../domain/text.ts'
import { actorOf } from '../../actor-of.ts'
import { readForm as readBodyForm } from '../../body.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { single } from '../../send-page.ts'
import { type ProbeView, probeView } from '../../servers/probe-view.ts'
import { readReach, splitAddresses } from '../../servers/read-reach.ts'
import { NEW_FIELDS } from '../../servers/server-fields.ts'
import { serverLines } from '../../servers/server-lines.ts'
import { type Failed, rowsOf } from '../../settings/form.ts'
import { sendSettings } from '../../settings/form-page.ts'
import type { Visit } from '../../visit.ts'
import { visitOf } from '../../visit.ts'

const PATH = '/settings/servers'
/** So many addresses at once: more is not what a person has. */
const MOST = 50

/** `GET /settings/servers?q&sort&dir`: how each server stands with us, and adding one. */
export function serversPage(ctx: Context, house: House): void {
  render(ctx, house, {})
}

/** `POST /settings/servers`: `do=test` tries the addresses, `do=add` adds them; `pin` trusts a certificate. */
export async function addServers(ctx: Context, house: House): Promise<void> {
  const form = await readBodyForm(ctx.req)
  const { reach, reading } = readReach(form, house)
  const addresses = splitAddresses(form.get('addresses') ?? '')
  const faults = new Map(reading.failed)
  const fault = addresses.length === 0 ? 'none' : addresses.length > MOST ? 'too-many' : null
  if (fault !== null)
    faults.set('addresses', {
      typed: form.get('addresses') ?? '',
      fault: text(`servers.fault.${fault}`, { most: MOST }),
    })
  if (!reading.isGood || fault !== null) {
    ctx.status = 422
    return render(ctx, house, { failed: faults, hasFaults: true })
  }
  const [first = ''] = addresses
  if (form.get('do') !== 'add') {
    const probes = await test(addresses, reach, ctx, house)
    return render(ctx, house, { failed: faults, probes, pinned: reach.pinnedSha256 ?? '' })
  }
  if (addresses.length > 1) {
    house.collecting.adding.start(addresses, reach, actorOf(ctx))
    return done(ctx, PATH)
  }
  const added = await addOne({ ...reach, address: first }, ctx, house)
  if (typeof added === 'string') {
    house.collecting.desk.start([added], actorOf(ctx))
    house.bus.emit('state-changed', { why: 'server.add' })
    return done(ctx, `${PATH}/${added}`, text('servers.added'))
  }
  ctx.status = 422
  render(ctx, house, { failed: faults, probes: [added], pinned: reach.pinnedSha256 ?? '' })
}

interface Shown {
  readonly failed?: Failed
  readonly hasFaults?: boolean
  readonly probes?: readonly ProbeView[]
  readonly pinned?: string
  readonly tried?: ReadonlyMap<string, Probed>
}

async function test(
  addresses: readonly string[],
  reach: Omit<Reach, 'address'>,
  ctx: Context,
  house: House,
): Promise<ProbeView[]> {
  const visit = visitOf(ctx)
  const tried = addresses.map(async (address) =>
    probeView(address, await house.collecting.probe({ ...reach, address }, actorOf(ctx)), visit),
  )
  return await Promise.all(tried)
}

/** Our id of it, or what was wrong. */
/** `POST /settings/servers/check`: tries all servers that can be reached, at once, and says in each row what came. */
export async function checkServers(ctx: Context, house: House): Promise<void> {
  const servers = Object.values(house.store.state().servers)
  const reachable = servers.filter((server) => server.archivedAt === null && isReachable(server))
  const tried = await Promise.all(
    reachable.map(
      async ({ id }): Promise<[string, Probed]> => [id, await house.collecting.check(id, actorOf(ctx))],
    ),
  )
  render(ctx, house, { tried: new Map(tried) })
}

async function addOne(reach: Reach, ctx: Context, house: House): Promise<string | ProbeView> {
  try {
    return (await house.collecting.add(reach, actorOf(ctx))).serverId
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'forbidden') throw error
    return probeView(reach.address, refused(error.text), visitOf(ctx))
  }
}

function refused(trouble: Text): Probed {
  const found = trouble.values?.['fingerprint']
  const fingerprint = typeof found === 'string' ? found : null
  return { steps: [], ok: false, trouble, fingerprint, address: null, facts: null, jobs: [], knownAs: null }
}

function render(ctx: Context, house: House, shown: Shown): void {
  const visit = visitOf(ctx)
  const source = { value: (field: { default: unknown }) => field.default, canChange: true }
  const adding = house.collecting.adding.look()
  sendSettings(
    ctx,
    house,
    'servers',
    'pages/servers/servers',
    {
      ...serverLines(house.store.state(), visit, single(ctx.query), shown.tried),
      canTry: Object.values(house.store.state().servers).some(isReachable),
      rows: rowsOf(NEW_FIELDS, house, visit, shown.failed, source),
      isOpen: shown.failed !== undefined || Object.keys(house.store.state().servers).length === 0,
      hasFaults: shown.hasFaults === true,
      probes: shown.probes ?? [],
      pinned: shown.pinned ?? '',
      adding: adding.lines.map((line) => addingLine(line, visit)),
      isAdding: !adding.isOver,
    },
    { isLive: ctx.method === 'GET' },
  )
}

function addingLine(line: AddingLine, visit: Visit) {
  const { words } = visit
  return {
    address: line.address,
    step: line.step,
    word: words.say(`servers.adding.${line.step}`),
    trouble: line.trouble === null ? '' : words.say(line.trouble),
    href: line.serverId === null ? '' : visit.link(`${PATH}/${line.serverId}`),
  }
}
