import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Joins a script of the tests and what it imports into one JavaScript file and gives its path, so that plain Node can
 * start it many times, quickly.
 */
export function compiled(script: string): string {
  const outfile = join(ROOT, 'node_modules', '.cache', 'joined', script.replace(/\.ts$/, '.js'))
  buildSync({
    entryPoints: [join(ROOT, script)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'warning',
  })
  return outfile
}
