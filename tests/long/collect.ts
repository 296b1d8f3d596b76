/**
 * Collecting from 20 servers with 10 000 log rows each in one go, by the real program: memory, the overview
 * meanwhile, how soon it stops when called off. `node tools/run.mjs tests/long/collect.ts [rows]`
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildIfOlder } from '../../tools/build.mjs'
import { measureCollect } from '../bench/collect.ts'

const rowsEach = Number(process.argv[2] ?? 10_000)
const root = process.cwd()
await buildIfOlder(root)
const found = await measureCollect(
  {
    root,
    folder: () => mkdtempSync(join(tmpdir(), 'collect-')),
    say: (what) => console.log(what),
  },
  rowsEach,
)
console.log(found)
process.exitCode =
  found.recorded === found.servers * rowsEach && found.cancelMs < 1000 && found.peak < 200 ? 0 : 1
