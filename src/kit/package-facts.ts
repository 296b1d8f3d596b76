import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_ROOT } from './project-root.ts'

const facts = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
  version: string
  homepage: string
}

/** Version and public address of the project, as `package.json` says. */
export const VERSION: string = facts.version
export const HOMEPAGE: string = facts.homepage
