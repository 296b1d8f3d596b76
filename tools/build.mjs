// How the program is compiled and started; shared by `npm start` and `npm run bench`.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Flags of V8 that keep the process small: young generation 8 MB a half, old generation at most 128 MB. The young
 * one begins with 4 MB, or a start would collect garbage a dozen times while it grows. A heap as small as ours is
 * collected sooner by one thread than by several that take the processor from each other and from the reports
 * (docs/decisions/0013-one-thread-collects.md).
 */
export const V8_FLAGS = [
  '--min-semi-space-size=4',
  '--max-semi-space-size=8',
  '--max-old-space-size=128',
  '--single-threaded-gc',
]

/** What is started by its own name, below `dist/modules`. */
const WAYS_IN = ['main.js', 'cli.js', 'duplicati/report-worker.js']

/** Packages with files of their own beside the code, and large ones that a start does not need or hardly reads. */
const NOT_JOINED = ['argon2', 'iconv-lite', 'node-sqlite3-wasm', 'mqtt', 'nodemailer', 'ws']

/** @param {string} root */
export function programArguments(root) {
  return [...V8_FLAGS, join(root, 'dist', 'main.js')]
}

/**
 * The environment with glibc's allocator kept small: two arenas save 20 MB; with fixed thresholds buffers of 128 kB and
 * more go back to the system as soon as they are free, which saves 15 MB after large pages and reports.
 * @param {NodeJS.ProcessEnv} environment
 */
export function programEnvironment(environment) {
  return {
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '131072',
    MALLOC_TRIM_THRESHOLD_: '131072',
    ...environment,
  }
}

/**
 * Compiles `src` into `dist` when a source or the compiler's settings are newer. Ends the process with the
 * compiler's words when it does not compile.
 * @param {string} root
 */
export async function buildIfOlder(root) {
  const built = join(root, 'dist', 'main.js')
  const sources = [join(root, 'src'), join(root, 'tsconfig.json'), join(root, 'tsconfig.build.json')]
  const builtAt = existsSync(built) ? statSync(built).mtimeMs : 0
  if (builtAt >= Math.max(...sources.map(newest))) return
  if (existsSync(join(root, 'node_modules', 'typescript', 'bin', 'tsc'))) return build(root)
  if (builtAt > 0) return
  console.error('There is no dist/ and no compiler: run `npm ci` first.')
  process.exit(1)
}

/**
 * Compiles every module into `dist/modules`, then joins them and most packages into one file for each way in: reading
 * a thousand small files takes longer than all else that a start does (docs/decisions/0011-joined-modules.md).
 * @param {string} root
 */
async function build(root) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) process.exit(status ?? 1)
  const modules = join(root, 'dist', 'modules')
  for (const name of readdirSync(join(root, 'dist')))
    if (/\.(js|map)$/.test(name)) rmSync(join(root, 'dist', name))
  const bundler = await import('esbuild')
  await bundler.build({
    entryPoints: WAYS_IN.map((name) => join(modules, name)),
    entryNames: '[name]',
    outdir: join(root, 'dist'),
    bundle: true,
    minifyWhitespace: true,
    splitting: true,
    external: NOT_JOINED,
    // Packages that are CommonJS ask for parts of Node while they run.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    // Second copies (cron-parser brings one of luxon, accepts one of mime-db) and what a start would read for nothing.
    alias: {
      luxon: join(root, 'node_modules', 'luxon', 'build', 'es6', 'luxon.mjs'),
      'mime-db': join(root, 'node_modules', 'mime-db'),
      'rate-limiter-flexible': join(root, 'tools', 'memory-limiter.cjs'),
    },
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  })
  copyFileSync(join(root, 'src', 'web', 'api', 'openapi.json'), join(root, 'dist', 'openapi.json'))
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(dirname(dirname(process.argv[1])))
