// `npm run coverage`: runs every test once more, slowly, and counts which lines and branches of `src` they reach.
// Exit code 1 where a share is below what is asked. What child processes reach (kill -9, power cuts) is not counted.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Percent of lines and branches, by folder of `src`; '' is all of it. The core is held to more than the edges. */
const ASKED = new Map([
  ['', { lines: 90, branches: 85 }],
  ['domain', { lines: 98, branches: 95 }],
  ['store', { lines: 96, branches: 90 }],
  ['duplicati', { lines: 98, branches: 95 }],
])

const root = fileURLToPath(new URL('..', import.meta.url))
const tap = join(root, 'node_modules', '.bin', 'tap')
const { status } = spawnSync(
  tap,
  ['--allow-incomplete-coverage', '--coverage-report=json-summary', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
)
if (status !== 0) console.log('Some tests failed: what they would have reached is missing below.')

const summary = JSON.parse(readFileSync(join(root, '.tap', 'report', 'coverage-summary.json'), 'utf8'))
const files = Object.entries(summary)
  .filter(([path]) => path !== 'total')
  .map(([path, counts]) => ({ path: relative(join(root, 'src'), path).split(sep).join('/'), counts }))

let missed = 0
for (const [folder, asked] of ASKED) {
  const inside = files.filter(({ path }) => folder === '' || path.startsWith(`${folder}/`))
  for (const kind of /** @type {const} */ (['lines', 'branches'])) {
    const total = inside.reduce((sum, { counts }) => sum + counts[kind].total, 0)
    const covered = inside.reduce((sum, { counts }) => sum + counts[kind].covered, 0)
    const percent = total === 0 ? 100 : (100 * covered) / total
    const reached = percent >= asked[kind]
    if (!reached) missed += 1
    const where = folder === '' ? 'src' : `src/${folder}`
    console.log(
      `${where}: ${percent.toFixed(1)} % of ${kind}, asked ${asked[kind]} %: ${reached ? 'reached' : 'missed'}`,
    )
  }
}
process.exit(missed === 0 ? 0 : 1)
