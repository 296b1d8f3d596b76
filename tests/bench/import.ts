import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { programEnvironment } from '../../tools/build.mjs'
import { writeReference } from '../support/reference-database.ts'
import { type Bench, withProgram } from './measure.ts'

/** What bringing in a database of the reference product takes. */
export interface Import {
  readonly runs: number
  readonly lines: number
  readonly megabytes: number
  readonly seconds: number
  /** The most that was resident, in MB. */
  readonly peak: number
  /** What the program said of it. */
  readonly said: string
}

/** Brings a database with logs into an empty folder by the command line, while the program runs there. */
export async function measureImport(
  bench: Pick<Bench, 'root' | 'say'>,
  scratch: string,
  runs: number,
  lines = 20,
): Promise<Import> {
  bench.say(`Writing a database of ${runs} runs with ${lines} log lines each`)
  const database = join(scratch, 'reference.db')
  writeReference(database, '4.0', { runs, lines, jobs: 25 })
  const dataDir = join(scratch, 'import')
  const folder = () => {
    mkdirSync(dataDir, { recursive: true })
    return dataDir
  }
  bench.say(`Bringing in ${runs} runs`)
  return withProgram({ root: bench.root, folder }, 0, async (program) => {
    const begin = performance.now()
    const said = await command(bench.root, dataDir, ['import', database])
    const seconds = (performance.now() - begin) / 1000
    const megabytes = statSync(database).size / 1e6
    rmSync(database)
    return { runs, lines, megabytes, seconds, peak: program.memory().peak, said }
  })
}

/** What the command line says; the work is done by the program that has the folder. */
async function command(root: string, dataDir: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'dist', 'cli.js'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...programEnvironment(process.env), DATA_DIR: dataDir },
  })
  let said = ''
  child.stdout.on('data', (part: Buffer) => {
    said += part.toString('utf8')
  })
  await once(child, 'close')
  return said.trim()
}
