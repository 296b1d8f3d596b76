import { timingSafeEqual } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { Failure } from '../domain/failure.ts'
import { randomSecret } from '../kit/ids.ts'
import { readBody } from './body.ts'

/** What the command line may ask of the running process. Each gives a sentence for the terminal. */
export type Command = (args: readonly string[]) => Promise<string>

/** Where a running process can be reached by who may read the data folder. */
export interface ControlAddress {
  readonly port: number
  readonly secret: string
}

/**
 * A door on loopback for the command line of this machine (hold and release around a backup, a lost password).
 * Its address and secret stand in `file`, mode 0600: who can read that owns the data anyway.
 */
export async function openControlDoor(
  file: string,
  commands: Readonly<Record<string, Command>>,
  inWords: (failure: Failure) => string,
): Promise<{ close(): Promise<void> }> {
  const secret = randomSecret()
  const server = createServer((req, res) => void answer(req, res, secret, commands, inWords))
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address: ControlAddress = { port: (server.address() as AddressInfo).port, secret }
  const close = async () => {
    await rm(file, { force: true }).catch(() => undefined)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, JSON.stringify(address), { mode: 0o600 })
  } catch (error) {
    await close()
    throw error
  }
  return { close }
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  secret: string,
  commands: Readonly<Record<string, Command>>,
  inWords: (failure: Failure) => string,
): Promise<void> {
  const say = (status: number, message: string) => {
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
  }
  try {
    if (!isSame(req.headers.authorization ?? '', `Bearer ${secret}`)) return say(401, 'Not allowed.')
    const body = JSON.parse((await readBody(req, 65_536)).toString('utf8')) as {
      command: string
      args: string[]
    }
    const command = Object.hasOwn(commands, body.command) ? commands[body.command] : undefined
    if (command === undefined) return say(404, `There is no command "${body.command}".`)
    say(200, await command(body.args))
  } catch (error) {
    say(400, error instanceof Failure ? inWords(error) : String(error))
  }
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
