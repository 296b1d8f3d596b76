import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { V8_FLAGS } from '../tools/build.mjs'
import { type Instruction, instructions, isIgnored } from './support/dockerfile.ts'
import { plainEnvironment } from './support/plain-environment.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Packages that bring their licence as a page, which is not to be taken for documentation. */
const licenced = ['mqtt', 'luxon', 'intl-messageformat', 'ms', 'koa', 'argon2']
const wanted = process.env['CI'] === 'true' || process.env['TEST_IMAGE'] === '1'
const leftOut = 'left out: it installs from the registry. Set TEST_IMAGE=1 (or CI=true) to run it'

t.test('the image starts with the flags of npm start', (t) => {
  const steps = instructions(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))
  t.same(startCommand(steps), ['node', ...V8_FLAGS, 'dist/main.js'])
  t.end()
})

/**
 * Follows the Dockerfile: each stage is a folder, COPY and `RUN npm ...` are done as they stand there. What is not
 * of npm (packages of Alpine) is not there, and not needed to start.
 */
t.test(
  'the image starts, takes a report and stops',
  { skip: wanted ? false : leftOut, timeout: 600_000 },
  async (t) => {
    const work = mkdtempSync(join(tmpdir(), 'duplistatus-image-'))
    t.teardown(() => rmSync(work, { recursive: true, force: true }))
    const steps = instructions(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))
    const ignore = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    for (const step of steps) follow(step, work, ignore)
    const app = join(work, 'runtime')

    t.test('it holds what is needed and nothing to build with', async (t) => {
      t.same(readdirSync(app).sort(), ['LICENSE', 'dist', 'node_modules', 'package.json', 'views'])
      for (const tool of ['typescript', 'tap', '@biomejs', 'playwright-core', '@types'])
        t.notOk(existsSync(join(app, 'node_modules', tool)), tool)
      for (const name of licenced) t.ok(hasLicence(join(app, 'node_modules', name)), `licence of ${name}`)
      const megabytes = Number(execFileSync('du', ['-sm', app]).toString().split('\t')[0])
      const packages = packagesIn(join(app, 'node_modules'))
      t.comment(`${megabytes} MB, ${packages} packages`)
    })

    t.test('it starts as the image does, and ends as a container is stopped', async (t) => {
      const env = { ...imageEnvironment(steps), DATA_DIR: join(work, 'data'), PORT: '0', HOST: '127.0.0.1' }
      mkdirSync(join(work, 'data'))
      const [program = '', ...args] = startCommand(steps)
      const child = spawn(program, args, { cwd: app, env: { PATH: process.env['PATH'], ...env } })
      t.teardown(() => child.kill('SIGKILL'))
      const address = await listensAt(child)
      t.equal((await fetch(`${address}healthz`)).status, 200)
      const report = readFileSync(firstReport())
      const answer = await fetch(`${address}api/upload`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: report,
      })
      t.equal(answer.status, 200)
      t.match(await answer.json(), { success: true })
      const summary = (await (await fetch(`${address}api/v1/summary`)).json()) as { jobs: number }
      t.equal(summary.jobs, 1)
      t.equal((await fetch(`${address}sign-in`)).status, 200, 'pages are drawn')
      t.equal((await fetch(`${address}api/v1/openapi.json`)).status, 200)
      const style = /href="([^"]+style\.css)"/.exec(await (await fetch(`${address}sign-in`)).text())?.[1]
      t.equal((await fetch(new URL(style ?? '', address))).status, 200, 'and styled')
      const vendor = style?.replace('style.css', 'vendor/apexcharts.js') ?? ''
      t.equal((await fetch(new URL(vendor, address))).status, 200, 'vendor files are there')
      const held = execFileSync(process.execPath, ['dist/cli.js', 'hold'], {
        cwd: app,
        env: { ...plainEnvironment(), ...env },
      })
      t.match(held.toString(), 'Holding')
      const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
      child.kill('SIGTERM')
      t.equal(await gone, 0)
    })
  },
)

function follow(step: Instruction, work: string, ignore: string): void {
  const dir = join(work, step.stage)
  mkdirSync(dir, { recursive: true })
  if (step.verb === 'COPY' && step.from === null) {
    for (const source of step.sources) {
      if (isIgnored(ignore, source)) throw new Error(`${source} is kept out of the context`)
      cpSync(join(ROOT, source), placeOf(dir, step, source), { recursive: true })
    }
  } else if (step.verb === 'COPY') {
    for (const source of step.sources) {
      cpSync(join(work, step.from ?? '', source.replace(/^\/app\//, '')), placeOf(dir, step, source), {
        recursive: true,
      })
    }
  } else if (step.verb === 'RUN' && step.rest.startsWith('npm ')) {
    execFileSync('sh', ['-c', step.rest], {
      cwd: dir,
      stdio: 'pipe',
      env: { ...plainEnvironment(), CI: 'true' },
    })
  }
}

function placeOf(dir: string, step: Instruction, source: string): string {
  return step.target.endsWith('/') ? join(dir, step.target, basename(source)) : join(dir, step.target)
}

function imageEnvironment(steps: readonly Instruction[]): Record<string, string> {
  const set = steps.filter((step) => step.verb === 'ENV').flatMap((step) => step.rest.split(' '))
  return Object.fromEntries(set.map((pair) => pair.split('=') as [string, string]))
}

function startCommand(steps: readonly Instruction[]): string[] {
  return JSON.parse(steps.find((step) => step.verb === 'CMD')?.rest ?? '[]') as string[]
}

function hasLicence(dir: string): boolean {
  return readdirSync(dir).some((name) => /^licen[cs]e/i.test(name))
}

function packagesIn(dir: string): number {
  return readdirSync(dir, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.name === 'package.json' && /node_modules\/(@[^/]+\/)?[^/]+$/.test(entry.parentPath),
  ).length
}

function firstReport(): string {
  const folder = join(ROOT, 'tests/fixtures/reports')
  const name = readdirSync(folder).find((file) => /^backup.*success.*\.json$|\.json$/.test(file))
  return join(folder, name ?? '')
}

function listensAt(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const read = (part: Buffer) => {
      said += part.toString()
      const address = /listens on (http:\/\/[^\s"]+)/.exec(said)?.[1]
      if (address !== undefined) resolve(address)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)))
  })
}
