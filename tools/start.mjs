// `npm start`: compiles when dist/ is older than src/, then runs the program with the memory settings that were
// measured for it (docs/performance.md). The image does the same without the compiler.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildIfOlder, programArguments, programEnvironment } from './build.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

await buildIfOlder(root)
const child = spawn(process.execPath, [...programArguments(root), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: programEnvironment(process.env),
  cwd: process.cwd(),
})

// A terminal sends its signal to both of us, a supervisor only to this process: pass it on, let the child end.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  })
}
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 9)))
child.on('error', (error) => {
  console.error(`The program could not be started (${join(root, 'dist', 'main.js')}): ${error.message}`)
  process.exit(1)
})
