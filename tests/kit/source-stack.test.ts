import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import t from 'tap'
import { sourceStack } from '../../src/kit/source-stack.ts'

t.test('A stack of the joined program names the places in its sources', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'stack-'))
  t.teardown(() => rmSync(dir, { recursive: true }))
  writeFileSync(
    join(dir, 'thrower.ts'),
    'export interface Nothing {}\n\nexport const fail = () => {\n  throw new Error("x")\n}\n',
  )
  const out = join(dir, 'dist', 'joined.js')
  await build({
    entryPoints: [join(dir, 'thrower.ts')],
    outfile: out,
    bundle: true,
    format: 'esm',
    sourcemap: true,
    minify: true,
  })
  // Written by hand: the test runner has already translated the stack of a real error.
  const column = readFileSync(out, 'utf8').indexOf('throw') + 1
  const stack = `Error: x\n    at fail (${pathToFileURL(out).href}:1:${column})\n    at node:internal/process:3:4`
  t.match(
    sourceStack(stack),
    /^Error: x\n {4}at fail \(\S*thrower\.ts:4:3\)\n {4}at node:internal\/process:3:4$/,
  )
})

t.test('A stack without a map stays as it is', (t) => {
  const stack = `Error: x\n    at run (file:///nowhere/main.js:1:2)\n    at node:internal/process:3:4`
  t.equal(sourceStack(stack), stack)
  t.end()
})
