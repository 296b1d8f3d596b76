import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Collected } from '../../src/actions/collect-needs.ts'
import { createApp } from '../../src/app.ts'
import { closedIncidents } from '../../src/domain/closed-incidents.ts'
import type { Incident } from '../../src/domain/incident.ts'
import type { Notice } from '../../src/domain/notice.ts'
import { NEW_CONNECTION } from '../../src/domain/remote-reach.ts'
import { createLog } from '../../src/kit/log.ts'
import { readSettings } from '../../src/settings/read.ts'
import type { JournalEntry } from '../../src/store/store-shape.ts'
import type { House } from '../../src/web/house.ts'
import { plainEnvironment } from './plain-environment.ts'
import { setClock } from './set-clock.ts'

const ORDER = 'clocked-program'
const ZONE = 'Europe/Berlin'

/** A report that arrives at a moment (ISO). */
export interface Arriving {
  readonly at: string
  readonly sender: string
  readonly document: unknown
}

/** One step of time: the reports that come until then, the sweep, and what is to be sent. */
export interface Step {
  readonly at: string
  readonly reports: readonly Arriving[]
}

/** What a step came to. */
export interface Stepped {
  /** Notices that are new or changed since the last step, or since the start. */
  readonly notices: readonly Notice[]
}

/** Everything that the database tells at the end. */
export interface Told {
  readonly incidents: readonly Incident[]
  readonly notices: readonly Notice[]
  /** The journal of what was delivered or failed for good. */
  readonly deliveries: readonly JournalEntry[]
  /** Machine id by our id of the server, backup id by that of the job. */
  readonly servers: Readonly<Record<string, string | null>>
  readonly jobs: Readonly<Record<string, string | null>>
}

/** What came of collecting: results of this time, and how many runs there are in all. */
export interface CollectedAll {
  readonly results: readonly Collected[]
  readonly runs: number
}

/** The whole program in a process of its own, with a clock that shows what the parent says. */
export interface ClockedProgram {
  /** Resolves when all is done, or with null when the process is dead. `onAcknowledged` tells of each report. */
  step(step: Step, onAcknowledged: (n: number) => void): Promise<Stepped | null>
  /** Adds the Duplicati server where it is new, and collects from it; null when the process dies meanwhile. */
  collect(address: string, secret: string): Promise<CollectedAll | null>
  tell(): Promise<Told>
  stop(): Promise<void>
  /** `kill -9`. */
  kill(): void
}

/** @param entry this file as JavaScript */
export async function startClocked(
  entry: string,
  options: { dir: string; at: string; settings: Readonly<Record<string, unknown>> },
): Promise<ClockedProgram> {
  // As `main.ts` does it: the zone of the process is that of the settings.
  const env = { ...plainEnvironment(), TZ: ZONE }
  const child = fork(entry, [ORDER, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env,
    execArgv: [],
  })
  let said = ''
  child.stderr?.on('data', (part: Buffer) => {
    said += part.toString('utf8')
  })
  const gone = once(child, 'exit')
  let isDead = false
  gone.then(
    () => {
      isDead = true
    },
    () => undefined,
  )
  const first = await Promise.race([once(child, 'message'), gone])
  if (first[0]?.up !== true) throw new Error(`The program did not start: ${said}`)

  /** null where it dies before. */
  async function ask(order: object, onAcknowledged: (n: number) => void): Promise<unknown> {
    if (isDead) return null
    return await new Promise((resolve) => {
      const hear = (message: { acknowledged?: number; done?: unknown }) => {
        if (message.acknowledged !== undefined) return onAcknowledged(message.acknowledged)
        settle(message.done)
      }
      const die = () => settle(null)
      const settle = (answer: unknown) => {
        child.off('message', hear)
        child.off('exit', die)
        resolve(answer)
      }
      child.on('message', hear)
      child.once('exit', die)
      child.send(order, () => undefined)
    })
  }

  return {
    step: async (step, onAcknowledged) => (await ask({ step }, onAcknowledged)) as Stepped | null,
    collect: async (address, secret) =>
      (await ask({ collect: { address, secret } }, () => undefined)) as CollectedAll | null,
    tell: async () => (await ask({ tell: true }, () => undefined)) as Told,
    async stop() {
      await ask({ stop: true }, () => undefined)
      await gone
    },
    kill: () => child.kill('SIGKILL'),
  }
}

if (process.argv[2] === ORDER) await serve(JSON.parse(process.argv[3] ?? '{}'))

async function serve(options: { dir: string; at: string; settings: Record<string, unknown> }): Promise<void> {
  const clock = setClock(options.at)
  const env = {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: options.dir,
    TZ: ZONE,
    PUBLIC_URL: 'http://duplistatus.test',
  }
  const app = await createApp(readSettings(env, '/none'), { clock, log: createLog({ level: 'error' }) })
  const { store, notices, actions, collecting } = app.house
  await store.change((state) => ({ ...state, settings: { ...state.settings, ...options.settings } }))
  const known = new Map<string, string>()

  async function step({ at, reports }: Step): Promise<Stepped> {
    for (const [n, report] of reports.entries()) {
      clock.set(report.at)
      const body = Buffer.from(JSON.stringify(report.document))
      const { sender } = report
      await actions.receiveReport({ body, contentType: 'application/json', sender, tokenServerId: null })
      process.send?.({ acknowledged: n })
    }
    clock.set(at)
    // The beat of every minute, which the machine's own clock would give.
    await writeFile(join(options.dir, 'alive'), `${at}\n`)
    if (reports.length > 0) await store.change((state) => ({ ...state }))
    await app.calendar.now('overdue')
    clock.add(30_000)
    await app.calendar.now('notices')
    await (notices as unknown as { idle(): Promise<void> }).idle()
    const changed = Object.values(store.state().notices).filter((notice) => {
      const text = JSON.stringify(notice)
      const isNew = known.get(notice.id) !== text
      known.set(notice.id, text)
      return isNew
    })
    return { notices: changed }
  }

  async function collect(reach: { address: string; secret: string }): Promise<CollectedAll> {
    const by = { who: 'test', from: '', administrator: true }
    const { serverId } = await collecting.add({ ...NEW_CONNECTION, ...reach }, by)
    const results = await collecting.collect({ serverIds: [serverId] })
    return { results, runs: store.history.size }
  }

  const doAsAsked = (order: Order): Promise<unknown> => {
    if (order.step) return step(order.step)
    if (order.collect) return collect(order.collect)
    return order.tell ? told(store) : app.stop()
  }
  process.on('message', (order: Order) => {
    doAsAsked(order).then(
      (done) => process.send?.({ done: done ?? true }, () => order.stop && process.exit(0)),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
  process.send?.({ up: true })
}

interface Order {
  readonly step?: Step
  readonly collect?: { readonly address: string; readonly secret: string }
  readonly tell?: boolean
  readonly stop?: boolean
}

async function told(store: House['store']): Promise<Told> {
  const { incidents, notices, servers, jobs } = store.state()
  const closed = new Map<string, Incident>()
  for (const entry of await wholeJournal(store, 'incidents'))
    closed.set(String(entry['id']), entry as unknown as Incident)
  for (const incident of closedIncidents(store.state())) closed.set(incident.id, incident)
  for (const incident of Object.values(incidents)) closed.set(incident.id, incident)
  return {
    incidents: [...closed.values()],
    notices: Object.values(notices),
    deliveries: await wholeJournal(store, 'notices'),
    servers: Object.fromEntries(Object.values(servers).map((one) => [one.id, one.machineId])),
    jobs: Object.fromEntries(Object.values(jobs).map((one) => [one.id, one.backupId])),
  }
}

/** Oldest first. */
async function wholeJournal(store: House['store'], name: 'incidents' | 'notices'): Promise<JournalEntry[]> {
  const all: JournalEntry[] = []
  let after: string | undefined
  do {
    const page = await store.journal(name).read({ limit: 500, ...(after === undefined ? {} : { after }) })
    all.push(...page.entries)
    after = page.next ?? undefined
  } while (after !== undefined)
  return all.reverse()
}
