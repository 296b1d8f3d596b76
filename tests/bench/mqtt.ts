import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMosquitto, listenTo, noMosquitto } from '../support/mosquitto.ts'
import type { Bench } from './measure.ts'

/** What a real broker hears of a household that starts, and of one in which nothing happens. */
export interface MqttFigures {
  readonly jobs: number
  readonly messages: number
  readonly kilobytes: number
  /** From the first message that a subscriber heard to the last. */
  readonly publishMs: number
  readonly idleSeconds: number
  readonly idleMessages: number
}

const JOBS = 200
const SERVERS = 20
/** Documents of hub, servers and jobs; two topics of the hub, two a server, two a job. */
const MESSAGES = 1 + SERVERS + JOBS + 2 + 2 * SERVERS + 2 * JOBS

/** null where there is no broker on this machine. The publisher runs in a process of its own. */
export async function measureMqtt(bench: Bench, scratch: string): Promise<MqttFigures | null> {
  if (noMosquitto !== false) return null
  bench.say(`Publishing ${JOBS} jobs to a real broker`)
  const broker = await createMosquitto(mkdtempSync(join(scratch, 'broker-')))
  await broker.start()
  const heard: { at: number; bytes: number }[] = []
  const listener = await listenTo(broker.url, ['homeassistant/#', 'duplistatus/#'])
  listener.client.on('message', (topic, payload) => {
    heard.push({ at: performance.now(), bytes: topic.length + payload.length })
  })
  const program = fileURLToPath(new URL('../support/lone-publisher.ts', import.meta.url))
  const child = spawn(process.execPath, [program, broker.url, String(SERVERS), String(JOBS)])
  const killIt = () => child.kill('SIGKILL')
  process.once('exit', killIt)
  try {
    await listener.until(() => heard.length >= MESSAGES)
    const publishMs = (heard.at(-1)?.at ?? 0) - (heard[0]?.at ?? 0)
    const kilobytes = heard.reduce((sum, { bytes }) => sum + bytes, 0) / 1000
    const messages = heard.length
    const idleSeconds = bench.milliseconds < 1000 ? 3 : 20
    await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000))
    const idleMessages = heard.length - messages
    return { jobs: JOBS, messages, kilobytes, publishMs, idleSeconds, idleMessages }
  } finally {
    const gone = once(child, 'exit')
    killIt()
    await gone
    process.removeListener('exit', killIt)
    await listener.end()
    await broker.stop()
  }
}
