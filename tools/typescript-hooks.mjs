// What a TypeScript file becomes is kept in node_modules/.cache/typescript, until its text changes.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cache = join(root, 'node_modules', '.cache', 'typescript')

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  const path = fileURLToPath(url)
  const text = readFileSync(path, 'utf8')
  const copy = join(cache, `${relative(root, path)}.js`)
  const mark = `\n//${createHash('sha256').update(path).update(text).digest('hex')}\n`
  const known = read(copy)
  const source = known?.endsWith(mark) ? known : (await transpiled(url, text)) + mark
  if (source !== known) write(copy, source)
  return { format: 'module', source, shortCircuit: true }
}

/**
 * @param {string} url
 * @param {string} text
 */
async function transpiled(url, text) {
  // Only now: most starts find everything in the cache.
  const { transformSync } = await import('esbuild')
  const { code } = transformSync(text, {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcefile: url,
    sourcemap: 'inline',
    sourcesContent: false,
  })
  return code
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * Whole or not at all: other test files are reading meanwhile.
 * @param {string} path
 * @param {string} text
 */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.${process.pid}`, text)
  renameSync(`${path}.${process.pid}`, path)
}
