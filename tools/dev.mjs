// `npm run dev`: runs the program from `src` and starts it again whenever something in `src` or `views` changes.
import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
let child = start()
/** @type {NodeJS.Timeout | undefined} */
let waiting

for (const folder of ['src', 'views'])
  watch(join(root, folder), { recursive: true }, () => {
    clearTimeout(waiting) // an editor writes a file in several steps, and several files at once
    waiting = setTimeout(restart, 200)
  })

function start() {
  return spawn(process.execPath, [join(root, 'tools', 'run.mjs'), join(root, 'src', 'main.ts')], {
    stdio: 'inherit',
    env: { LOG_LEVEL: 'debug', ...process.env },
  })
}

function restart() {
  const old = child
  const next = () => {
    child = start()
  }
  if (old.exitCode !== null || old.signalCode !== null) return next()
  old.once('exit', next) // it must let go of the data folder first
  old.kill('SIGTERM')
}
