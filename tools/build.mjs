// How the program is compiled and started; shared by `npm start` and `npm run bench`.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'

/** Flags of V8 that keep the process small: young generation 2 MB a half, old generation at most 128 MB. */
export const V8_FLAGS = ['--max-semi-space-size=2', '--max-old-space-size=128']

/** @param {string} root */
export function programArguments(root) {
  return [...V8_FLAGS, '--enable-source-maps', join(root, 'dist', 'main.js')]
}

/**
 * The environment with the allocator kept to two arenas, which saves 20 MB on glibc.
 * @param {NodeJS.ProcessEnv} environment
 */
export function programEnvironment(environment) {
  return { MALLOC_ARENA_MAX: '2', ...environment }
}

/**
 * Compiles `src` into `dist` when a source or the compiler's settings are newer. Ends the process with the
 * compiler's words when it does not compile.
 * @param {string} root
 */
export function buildIfOlder(root) {
  const built = join(root, 'dist', 'main.js')
  const sources = [join(root, 'src'), join(root, 'tsconfig.json'), join(root, 'tsconfig.build.json')]
  const builtAt = existsSync(built) ? newest(join(root, 'dist')) : 0
  if (builtAt >= Math.max(...sources.map(newest))) return
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  if (!existsSync(compiler)) {
    if (builtAt > 0) return
    console.error('There is no dist/ and no compiler: run `npm ci` first.')
    process.exit(1)
  }
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) process.exit(status ?? 1)
  const now = new Date()
  utimesSync(built, now, now) // what did not change is not written again, and would look old for ever
}

/**
 * Newest change below a path, in milliseconds since 1970.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const at = statSync(path)
  if (!at.isDirectory()) return at.mtimeMs
  return Math.max(
    0,
    ...readdirSync(path, { withFileTypes: true }).map((entry) => newest(join(path, entry.name))),
  )
}
