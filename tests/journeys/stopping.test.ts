import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { freePort } from '../bench/program.ts'
import { compiled } from '../support/compiled.ts'
import { plainEnvironment } from '../support/plain-environment.ts'

const entry = compiled('src/main.ts')

t.test('A stop that is asked for with the first answer ends in good order', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'duplistatus-stop-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const port = await freePort()
    const env = {
      ...plainEnvironment(),
      PORT: String(port),
      HOST: '127.0.0.1',
      DATA_DIR: dir,
      LOG_LEVEL: 'error',
    }
    const child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    const answered = () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      )
    while (!(await answered())) await pause(1)
    child.kill(signal)
    t.same(await once(child, 'exit'), [0, null], signal)
    t.notOk(readdirSync(dir).includes('.lock'), 'the folder is let go of')
  }
})
