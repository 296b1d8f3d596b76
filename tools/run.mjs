// Runs a TypeScript file of the project: `node tools/run.mjs FILE [ARGUMENTS]`. Node 20 cannot, so all of src, the
// file and what it imports are transpiled into node_modules/.cache/run, where packages are found too.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cache = join(root, 'node_modules', '.cache', 'run')
const [file, ...rest] = process.argv.slice(2)

if (file === undefined) {
  console.error('Usage: node tools/run.mjs FILE [ARGUMENTS]')
  process.exit(2)
}

// The program reads its own files (views, package.json) beside `src`: the cache looks like the project.
mkdirSync(cache, { recursive: true })
for (const name of ['views', 'package.json', 'node_modules', 'docs'])
  link(join(root, name), join(cache, name))

const seen = new Set()
// All of src, because workers are named by URLs that no import shows.
for (const name of readdirSync(join(root, 'src'), { recursive: true })) {
  if (/\.(ts|json)$/.test(String(name))) compile(join(root, 'src', String(name)))
}
const entry = compile(resolve(file))
process.argv = [process.argv[0] ?? 'node', entry, ...rest]
await import(pathToFileURL(entry).href)

/**
 * Transpiles a file and what it imports, unless the copy is newer; gives the path of the copy.
 * @param {string} source
 */
function compile(source) {
  const target = join(cache, relative(root, source)).replace(/\.ts$/, '.js')
  if (seen.has(source) || !existsSync(source)) return target // what is missing, the import says better
  seen.add(source)
  const text = readFileSync(source, 'utf8')
  if (!source.endsWith('.ts')) {
    if (isOlder(target, source)) write(target, text)
    return target
  }
  for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
    if (fileName.startsWith('.')) compile(resolve(dirname(source), fileName))
  }
  for (const [, name] of text.matchAll(/new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g)) {
    if (name !== undefined) compile(resolve(dirname(source), name))
  }
  if (isOlder(target, source)) write(target, transpile(text, source))
  return target
}

function transpile(text, source) {
  const { outputText } = ts.transpileModule(text, {
    fileName: source,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
      inlineSourceMap: true,
    },
  })
  // Workers and the like name a file of ours by URL, which the compiler leaves as it is.
  return outputText.replace(/(new URL\('\.[^']+)\.ts(', import\.meta\.url\))/g, '$1.js$2')
}

function isOlder(target, source) {
  try {
    return statSync(target).mtimeMs < statSync(source).mtimeMs
  } catch {
    return true
  }
}

function write(target, text) {
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
}

function link(target, path) {
  try {
    symlinkSync(target, path)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
}
