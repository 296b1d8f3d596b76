// `npm run test:long`: the promises at full length, one script after another; each says what it counted.
// `npm run test:long -- kill-cycles` runs one. Exit code 1 when any fails.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const wanted = process.argv.slice(2)
const scripts = readdirSync(`${root}/tests/long`)
  .filter((name) => name.endsWith('.ts'))
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace(/\.ts$/, '')))

let failed = 0
for (const script of scripts) {
  console.log(`\n# ${script}`)
  const { status } = spawnSync(process.execPath, [`${root}/tools/run.mjs`, `tests/long/${script}`], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) failed += 1
}
console.log(`\n${scripts.length - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
