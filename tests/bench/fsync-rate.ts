import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** How many appends of 4 kB a second this disk makes durable, one after another. */
export function fsyncRate(folder: string, milliseconds = 500): number {
  const path = join(folder, 'fsync-rate')
  const file = openSync(path, 'w')
  const block = Buffer.alloc(4096, 7)
  const start = performance.now()
  let count = 0
  while (performance.now() - start < milliseconds) {
    writeSync(file, block, 0, block.length, count * block.length)
    fdatasyncSync(file)
    count++
  }
  const elapsed = performance.now() - start
  closeSync(file)
  rmSync(path)
  return (count / elapsed) * 1000
}
