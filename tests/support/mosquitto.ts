import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, connect as dial } from 'node:net'
import { join } from 'node:path'
import { connect, type MqttClient } from 'mqtt'
import type { TestAuthority } from './certificate.ts'

const PROGRAM = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'].find((path) => existsSync(path))

/** Why tests with a real broker are left out here; false where they run. */
export const noMosquitto: string | false =
  PROGRAM === undefined ? 'left out: mosquitto is not installed (Debian: apt-get install mosquitto)' : false

/** A real broker on loopback, with a user `ours` and password, persistence in `dir`, stopped by `stop`. */
export interface Mosquitto {
  readonly port: number
  readonly url: string
  start(): Promise<void>
  /** `kill -9`, without saving. */
  kill(): Promise<void>
  stop(): Promise<void>
  password(password: string): Promise<void>
}

export async function createMosquitto(
  dir: string,
  options: { persistence?: boolean; acl?: string; asksCertificates?: TestAuthority } = {},
): Promise<Mosquitto> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const port = await freePort()
  const passwords = join(dir, 'passwords')
  const setPassword = (password: string) => {
    writeFileSync(passwords, `ours:${password}\nother:${password}\n`, { mode: 0o600 })
    execFileSync('/usr/bin/mosquitto_passwd', ['-U', passwords])
  }
  setPassword('right')
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous false',
    `password_file ${passwords}`,
    `persistence ${options.persistence === true}`,
    `persistence_location ${dir}/`,
    'max_queued_messages 10000',
    ...(process.getuid?.() === 0 ? ['user root'] : []),
  ]
  if (options.acl !== undefined) {
    writeFileSync(join(dir, 'acl'), options.acl, { mode: 0o600 })
    lines.push(`acl_file ${join(dir, 'acl')}`)
  }
  if (options.asksCertificates !== undefined) lines.push(...tlsLines(dir, options.asksCertificates))
  const config = join(dir, 'mosquitto.conf')
  writeFileSync(config, `${lines.join('\n')}\n`)
  let child: ChildProcess | null = null
  const end = async (signal: NodeJS.Signals) => {
    const process = child
    child = null
    if (process === null || process.exitCode !== null) return
    const gone = new Promise((resolve) => process.once('exit', resolve))
    process.kill(signal)
    await gone
  }
  return {
    port,
    url: `${options.asksCertificates === undefined ? 'mqtt' : 'mqtts'}://127.0.0.1:${port}`,
    async start() {
      child = spawn(PROGRAM ?? 'mosquitto', ['-c', config], { stdio: 'ignore' })
      await listening(port)
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async password(password) {
      setPassword(password)
      child?.kill('SIGHUP')
      await new Promise((resolve) => setTimeout(resolve, 200))
    },
  }
}

/** Only who shows a certificate of this authority is let in. */
function tlsLines(dir: string, authority: TestAuthority): string[] {
  const own = authority.sign('server')
  const files = [
    ['cafile', authority.cert],
    ['certfile', own.cert],
    ['keyfile', own.key],
  ] as const
  const written = files.map(([name, pem]) => {
    writeFileSync(join(dir, name), pem, { mode: 0o600 })
    return `${name} ${join(dir, name)}`
  })
  return [...written, 'require_certificate true']
}

/** A plain client that keeps what it hears; `retained` and `live` by topic, newest last. */
export interface Listener {
  readonly client: MqttClient
  readonly retained: Map<string, string>
  readonly live: { topic: string; payload: string; retain: boolean }[]
  /** Resolves with what `look` finds, asked again on every message; rejects after 20 s. */
  until<T>(look: () => T | undefined | false | null): Promise<T>
  publish(topic: string, payload: string, retain?: boolean): Promise<void>
  end(): Promise<void>
}

export async function listenTo(
  url: string,
  filters: readonly string[],
  password = 'right',
): Promise<Listener> {
  const client = connect(url, { username: 'other', password, reconnectPeriod: 200 })
  const retained = new Map<string, string>()
  const live: Listener['live'] = []
  const watchers = new Set<() => void>()
  client.on('error', () => undefined)
  client.on('message', (topic, bytes, { retain }) => {
    const payload = bytes.toString()
    if (retain) retained.set(topic, payload)
    live.push({ topic, payload, retain })
    for (const watch of watchers) watch()
  })
  await new Promise<void>((resolve) => client.once('connect', () => resolve()))
  for (const filter of filters) await client.subscribeAsync(filter, { qos: 1 })
  return {
    client,
    retained,
    live,
    until: (look) =>
      new Promise((resolve, reject) => {
        const ends = setTimeout(() => {
          watchers.delete(watch)
          clearInterval(again)
          reject(new Error(`not seen in time: ${look.toString().slice(0, 200)}`))
        }, 60_000)
        const watch = () => {
          const seen = look()
          if (seen === undefined || seen === null || seen === false) return
          clearTimeout(ends)
          clearInterval(again)
          watchers.delete(watch)
          resolve(seen as never)
        }
        const again = setInterval(watch, 50)
        watchers.add(watch)
        watch()
      }),
    publish: async (topic, payload, retain = false) => {
      await client.publishAsync(topic, payload, { qos: 1, retain })
    },
    end: () => client.endAsync(true),
  }
}

/** Everything retained at the broker right now under the filters, as a new subscriber sees it. */
export async function snapshot(
  url: string,
  filters: readonly string[],
  password = 'right',
): Promise<Map<string, string>> {
  const listener = await listenTo(url, filters, password)
  let size = -1
  while (size !== listener.retained.size) {
    size = listener.retained.size
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  await listener.end()
  return listener.retained
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = dial(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('mosquitto did not start')
}
