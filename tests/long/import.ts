/**
 * Bringing in a database of the reference product of almost 1 GB by the real program: 50 000 runs with 165 log lines each.
 * `node tools/run.mjs tests/long/import.ts [runs] [lines]`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildIfOlder } from '../../tools/build.mjs'
import { measureImport } from '../bench/import.ts'

const runs = Number(process.argv[2] ?? 50_000)
const lines = Number(process.argv[3] ?? 165)
const root = process.cwd()
await buildIfOlder(root)
const scratch = mkdtempSync(join(tmpdir(), 'import-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
const found = await measureImport({ root, say: (what) => console.log(what) }, scratch, runs, lines)
console.log(found)
const isWhole = found.said.includes(`${runs.toLocaleString('en')} runs brought in`)
process.exitCode = isWhole && found.peak < 250 ? 0 : 1
