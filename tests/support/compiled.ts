import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Compiles a script of the tests and gives the path of the JavaScript, so that plain Node can start it many times,
 * quickly. It is run once without arguments, and must do nothing then.
 */
export function compiled(script: string): string {
  execFileSync(process.execPath, [join(ROOT, 'tools', 'run.mjs'), script], {
    cwd: ROOT,
    env: cleanEnvironment(),
  })
  return join(ROOT, 'node_modules', '.cache', 'run', script.replace(/\.ts$/, '.js'))
}

/** Without what tap adds for its own children. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...rest } = process.env
  return rest
}
