import dns from 'node:dns'
import { isIP } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { sha256 } from '../../src/kit/ids.ts'
import { ROUTES } from '../../src/web/routes.ts'
import { ANNA, type BehindIngress, behindIngress, CHILD } from './behind-ingress.ts'
import { oddRequest, type Sender, type Vocabulary } from './odd-request.ts'
import { type Random, seededRandom } from './random.ts'
import { type RawAnswer, sendRaw } from './raw-request.ts'
import { OUTSIDE, signedIn, type Visitor, withToken } from './visitors.ts'

/** What came of a fuzz. `wrong` is empty where every promise held. */
export interface FuzzFound {
  readonly statuses: ReadonlyMap<number, number>
  readonly wrong: readonly string[]
  /** Megabytes of live heap after a quarter of the requests, and at the end. */
  readonly heap: readonly [early: number, late: number]
}

const AT_ONCE = 8
const PASSWORD = 'Fuzzed-password-1'
/** Stands in everything that nobody may see. */
const MARK = 'zq7marker'
/** The folder could not be written, the disk is full: the only answers from 500 on that may be. */
const DOCUMENTED = new Set([503, 507])

/**
 * `requests` odd requests at both doors of the whole program, as nobody, viewer, administrator and with tokens. The
 * same seed sends the same but for ids. Nothing leaves this machine.
 */
export async function fuzz(options: {
  seed: number
  requests: number
  say?: (what: string) => void
}): Promise<FuzzFound> {
  const goOut = stayHome()
  const unforeseen: string[] = []
  const note = (error: unknown) =>
    void unforeseen.push(`Unforeseen: ${(error as Error)?.stack ?? String(error)}`)
  process.on('unhandledRejection', note)
  const small = await behindIngress({ days: 3, env: { ADMIN_PASSWORD: PASSWORD, ...MARKED } })
  try {
    const found = await run(small, options)
    return { ...found, wrong: [...found.wrong, ...unforeseen] }
  } finally {
    await small.close()
    process.off('unhandledRejection', note)
    goOut()
  }
}

/** Settings that the requests cannot change: who may read, and names that must stay inside. */
const MARKED = {
  API_ACCESS: 'local',
  TRUST_PROXY: '127.0.0.1',
  MQTT_URL: 'mqtt://127.0.0.1:1',
  MQTT_USERNAME: MARK,
  MQTT_PASSWORD: MARK,
}

async function run(
  doors: BehindIngress,
  { seed, requests, say }: { seed: number; requests: number; say?: (what: string) => void },
): Promise<FuzzFound> {
  const random = seededRandom(seed)
  const statuses = new Map<number, number>()
  const wrong: string[] = []
  const words = vocabulary(doors)
  let senders = await everybody(doors)
  let early = 0
  for (let sent = 0; sent < requests; sent += AT_ONCE) {
    // Some requests sign out, change roles or remove users: new ones come in.
    if (sent % 400 === 0) senders = await everybody(doors)
    if (sent >= requests / 4 && early === 0) early = await liveHeap()
    if (say !== undefined && sent % 2000 === 0) say(`${sent} requests, ${wrong.length} wrong`)
    const batch = Array.from({ length: Math.min(AT_ONCE, requests - sent) }, () =>
      oddRequest(random, pick(random, senders), words),
    )
    await Promise.all(
      batch.map(async (one) => {
        const answer = await sendRaw(one.port, one.bytes, one.isCut)
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        for (const fault of faultsOf(answer, one.sender, one.isCut, doors))
          wrong.push(`${fault}: ${one.sender.name}: ${one.bytes.toString('latin1').slice(0, 600)}`)
      }),
    )
  }
  wrong.push(...errorsLogged(doors))
  const health = await doors.small.get('/healthz')
  if (health.status !== 200) wrong.push(`The program is not well afterwards: ${health.status}`)
  return { statuses, wrong, heap: [early, await liveHeap()] }
}

/** Everybody who can stand at a door, each with what they know. */
async function everybody(doors: BehindIngress): Promise<Sender[]> {
  const { app } = doors.small
  const open = Number(new URL(doors.open).port)
  const ingress = Number(new URL(doors.door).port)
  const bearer = async (scope: 'report' | 'read' | 'admin') => ({
    ...OUTSIDE,
    Authorization: `Bearer ${await withToken(app, [scope], { name: MARK })}`,
  })
  const panel = { 'X-Ingress-Path': '/api/hassio_ingress/fuzzed' }
  const at = (name: string, port: number, headers: Visitor) => ({ name, port, headers })
  const senders = [
    at('nobody outside', open, OUTSIDE),
    at('nobody outside', open, OUTSIDE),
    at('nobody here', open, {}),
    at('viewer', open, await signedIn(app, 'viewer')),
    at('administrator', open, await signedIn(app, 'administrator')),
    at('administrator', open, await signedIn(app, 'administrator')),
    at('report token', open, await bearer('report')),
    at('read token', open, await bearer('read')),
    at('nobody in Home Assistant', ingress, panel),
    at('viewer in Home Assistant', ingress, { ...panel, 'X-Remote-User-Id': CHILD.id }),
    at('administrator in Home Assistant', ingress, { ...panel, 'X-Remote-User-Id': ANNA.id }),
  ]
  await mark(doors)
  return senders
}

/** Names and settings that only those who belong may see. The sessions and tokens of earlier rounds go. */
async function mark({ small }: BehindIngress): Promise<void> {
  await small.app.house.store.change((state) => ({
    ...state,
    servers: Object.fromEntries(
      Object.entries(state.servers).map(([id, one]) => [id, { ...one, alias: MARK }]),
    ),
    settings: { ...state.settings, 'ntfy.server': 'http://127.0.0.1:1', 'ntfy.topic': MARK },
    sessions: Object.fromEntries(Object.entries(state.sessions).slice(-20)),
    tokens: Object.fromEntries(Object.entries(state.tokens).slice(-20)),
  }))
}

function vocabulary({ small }: BehindIngress): Vocabulary {
  const { store } = small.app.house
  const state = store.state()
  const runs = store.history.latest(5).map(({ no }) => `run_${no.toString(36)}`)
  return {
    routes: ROUTES,
    ids: [...Object.keys(state.servers), ...Object.keys(state.jobs), ...Object.keys(state.users), ...runs],
  }
}

function faultsOf(answer: RawAnswer, sender: Sender, isCut: boolean, doors: BehindIngress): string[] {
  const faults: string[] = []
  if (answer.status === 0 && !isCut) faults.push(`No answer (${answer.text.slice(0, 80)})`)
  if (answer.status >= 500 && !DOCUMENTED.has(answer.status)) faults.push(`Status ${answer.status}`)
  if (sender.name !== 'nobody outside' && sender.name !== 'nobody in Home Assistant') return faults
  return [
    ...faults,
    ...secretsOf(doors).flatMap((secret) => (answer.text.includes(secret) ? ['A secret'] : [])),
  ]
}

/** What must never reach nobody: names, settings, hashes, and whatever opens a door. */
function secretsOf({ small }: BehindIngress): readonly string[] {
  const { users, sessions, tokens } = small.app.house.store.state()
  if (known?.users === users && known.sessions === sessions && known.tokens === tokens) return known.secrets
  const secrets = [
    MARK,
    PASSWORD,
    '$argon2',
    Buffer.from(ANNA.display ?? MARK).toString('latin1'),
    sha256(PASSWORD),
    ...Object.keys(sessions),
    ...Object.values(tokens).map(({ hash }) => hash),
    ...Object.values(users).flatMap(({ name }) => (/^(viewer|administrator)-/.test(name) ? [name] : [])),
  ]
  known = { users, sessions, tokens, secrets }
  return secrets
}

let known: { users: object; sessions: object; tokens: object; secrets: readonly string[] } | null = null

/** What the program itself calls a bug. */
function errorsLogged({ small }: BehindIngress): string[] {
  return small.app.house.log
    .recent()
    .filter(({ level }) => level === 'error')
    .map(({ message, facts }) => `Logged: ${message} ${JSON.stringify(facts).slice(0, 1500)}`)
}

function pick<T>(random: Random, list: readonly T[]): T {
  return random.pick(list)
}

/** Megabytes in use after everything that can go is gone. */
async function liveHeap(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let turn = 0; turn < 3; turn++) {
    collect()
    await pause(20)
  }
  return process.memoryUsage().heapUsed / 1e6
}

/** Names lead nowhere while a fuzz runs: what administrators are made to type must not be called. */
function stayHome(): () => void {
  const { lookup } = dns
  const here = (name: string, options: dns.LookupOptions, answer: (error: Error | null) => void) => {
    if (isIP(name) !== 0 || name === 'localhost') return lookup(name, options, answer)
    setImmediate(() => answer(Object.assign(new Error(`ENOTFOUND ${name}`), { code: 'ENOTFOUND' })))
  }
  Object.assign(dns, { lookup: here })
  return () => void Object.assign(dns, { lookup })
}
