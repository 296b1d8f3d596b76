import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

interface LockedPackage {
  readonly dev?: boolean
  readonly optional?: boolean
  readonly devOptional?: boolean
}

/**
 * What `npm ci --omit=dev --omit=optional` puts on the disk, counted from the lock file and the packages that are
 * there, in megabytes; `ours` is the program itself: dist, views and the manifest.
 */
export function installSize(root: string): { packages: number; megabytes: number; ours: number } {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>
  }
  const wanted = Object.entries(lock.packages).filter(
    ([path, found]) => path !== '' && !found.dev && !found.optional && !found.devOptional,
  )
  const bytes = wanted.reduce((sum, [path]) => sum + sizeOf(join(root, path)), 0)
  // `dist/modules`, of which the rest was joined, stays out of the image.
  const joined = readdirSync(join(root, 'dist')).filter((name) => name !== 'modules')
  const own = [...joined.map((name) => `dist/${name}`), 'views', 'package.json']
  const ours = own.reduce((sum, name) => sum + sizeOf(join(root, name)), 0)
  return { packages: wanted.length, megabytes: bytes / 1e6, ours: ours / 1e6 }
}

/** Bytes below a path; packages inside a package are counted where the lock file names them. */
function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return 0
  if (!found.isDirectory()) return found.size
  return readdirSync(path, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === 'node_modules' || entry.isSymbolicLink()) return sum
    return sum + sizeOf(join(path, entry.name))
  }, 0)
}
