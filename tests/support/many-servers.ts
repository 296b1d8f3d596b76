import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Duplicati servers with long logs in a process of their own, so that neither memory nor time of theirs is ours. */
export interface ManyServers {
  readonly addresses: readonly string[]
  stop(): Promise<void>
}

/** The password of each is `correct horse`. Each has five jobs with a fifth of the rows. */
export async function startManyServers(count: number, rowsEach: number): Promise<ManyServers> {
  const script = fileURLToPath(new URL('./many-servers-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script, String(count), String(rowsEach)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const killIt = () => child.kill('SIGKILL')
  process.once('exit', killIt) // an interrupted bench leaves nothing running
  const line = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (part: Buffer) => {
      said += part.toString('utf8')
      if (said.includes('\n')) resolve(said)
    })
    child.once('exit', (code) => reject(new Error(`The Duplicati servers did not start: ${code}`)))
  })
  return {
    addresses: JSON.parse(line) as string[],
    async stop() {
      process.removeListener('exit', killIt)
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
}
