import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { createApp } from './app.ts'
import { Failure } from './domain/failure.ts'
import { createLog } from './kit/log.ts'
import { readSettings } from './settings/read.ts'
import type { ControlAddress } from './web/control-door.ts'
import { controlFile } from './wiring/control.ts'

const USAGE = `Usage: node dist/cli.js COMMAND
  hold                      keep every file in place while the data folder is copied by others
  release                   end that
  reset-password NAME       give a user a new password, printed once
  import FILE [KEY FILE]    bring in the database of the reference product
`

await main(process.argv.slice(2))

/** Asks the running process; where none runs, opens the folder itself, does it, and closes again. */
async function main([command, ...args]: readonly string[]): Promise<void> {
  if (command === undefined || command === '--help' || command === 'help') {
    process.stdout.write(USAGE)
    return
  }
  const settings = readSettings(process.env)
  const running = await findRunning(join(settings.dataDir, controlFile))
  if (running !== null) {
    const { status, message } = await ask(running, command, args)
    process.stdout.write(`${message}\n`)
    process.exitCode = status === 200 ? 0 : 1
    return
  }
  // Nothing runs: nothing can vanish either, so there is nothing to hold.
  if (command === 'hold' || command === 'release') {
    process.stdout.write('No process runs on this folder: nothing to do.\n')
    return
  }
  const app = await createApp(
    { ...settings, port: 0, host: '127.0.0.1', ingressPort: 0 },
    { log: createLog({ level: 'error' }) },
  )
  try {
    process.stdout.write(`${await app.command(command, args)}\n`)
  } catch (error) {
    process.stdout.write(
      `${error instanceof Failure ? app.house.words(null).say(error.text) : String(error)}\n`,
    )
    process.exitCode = 1
  } finally {
    await app.stop()
  }
}

async function findRunning(file: string): Promise<ControlAddress | null> {
  try {
    const address = JSON.parse(await readFile(file, 'utf8')) as ControlAddress
    await ask(address, '', [])
    return address
  } catch {
    return null
  }
}

function ask(
  address: ControlAddress,
  command: string,
  args: readonly string[],
): Promise<{ status: number; message: string }> {
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port: address.port,
        method: 'POST',
        headers: { authorization: `Bearer ${address.secret}`, 'content-type': 'application/json' },
      },
      (res) => {
        let body = ''
        res.setEncoding('utf8')
        res.on('data', (part: string) => {
          body += part
        })
        res.on('end', () =>
          resolve({
            status: res.statusCode ?? 0,
            message: (JSON.parse(body) as { message: string }).message,
          }),
        )
      },
    )
    req.once('error', reject)
    req.end(JSON.stringify({ command, args }))
  })
}
