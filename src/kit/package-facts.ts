import { readFileSync } from 'node:fs'

const facts = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
  homepage: string
}

/** Version and public address of the project, as `package.json` says. */
export const VERSION: string = facts.version
export const HOMEPAGE: string = facts.homepage
