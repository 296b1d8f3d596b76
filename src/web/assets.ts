import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Context } from 'koa'
import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

/** The files a browser may load: a closed table of names, so no path of a request ever meets the disk. */
export interface Assets {
  /** Changes with the content of any file: stands in every address, so that all are cached for ever. */
  readonly hash: string
  /** Answers `/assets/<hash>/<name>`. Throws Failure `not-found` for a name that is not in the table. */
  serve(ctx: Context, hash: string, name: string): void
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
}

/** Vendor files come straight from their packages. */
const VENDOR: Readonly<Record<string, string>> = {
  'vendor/alpine.js': '@alpinejs/csp/dist/module.esm.min.js',
  'vendor/apexcharts.js': 'apexcharts/dist/apexcharts.esm.js',
}

/** `cache: false` reads files anew at each request, for work on the front end. */
export function createAssets(folder: string, options: { cache: boolean }): Assets {
  const files = table(folder)
  const hash = contentHash(folder, files)
  const kept = new Map<string, Body>()
  return {
    hash,
    serve(ctx, asked, name) {
      const load = files.get(name)
      if (load === undefined) throw new Failure('not-found', text('error.no-such-file'))
      const body = kept.get(name) ?? pack(load(), extname(name))
      if (options.cache) kept.set(name, body)
      ctx.set(
        'Cache-Control',
        asked === hash && options.cache ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
      ctx.set('Vary', 'Accept-Encoding')
      ctx.type = TYPES[extname(name)] ?? 'application/octet-stream'
      const encoding = body.br === null ? 'identity' : ctx.acceptsEncodings('br', 'gzip', 'identity')
      if (encoding === 'br' || encoding === 'gzip') ctx.set('Content-Encoding', encoding)
      ctx.body = encoding === 'br' ? body.br : encoding === 'gzip' ? body.gzip : body.plain
    },
  }
}

interface Body {
  readonly plain: Buffer
  readonly br: Buffer | null
  readonly gzip: Buffer | null
}

function table(folder: string): Map<string, () => Buffer> {
  const files = new Map<string, () => Buffer>()
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES && entry.name !== 'tsconfig.json')
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
  for (const name of names) files.set(name, () => readFileSync(join(folder, name)))
  const sheets = names.filter((name) => name.startsWith('css/')).sort()
  files.set('style.css', () => Buffer.concat(sheets.map((name) => readFileSync(join(folder, name)))))
  const require = createRequire(import.meta.url)
  for (const [name, file] of Object.entries(VENDOR))
    files.set(name, () => readFileSync(require.resolve(file)))
  return files
}

/** Own files by content; vendor files by the versions that the lock file pins. */
function contentHash(folder: string, files: ReadonlyMap<string, () => Buffer>): string {
  const hash = createHash('sha256')
  for (const [name, load] of files)
    if (!name.startsWith('vendor/') && name !== 'style.css') hash.update(name).update(load())
  hash.update(readFileSync(join(folder, '../../package.json')))
  return hash.digest('base64url').slice(0, 12)
}

function pack(plain: Buffer, extension: string): Body {
  const isPacked = extension === '.png' || extension === '.webp' || extension === '.ico'
  if (isPacked || plain.length < 600) return { plain, br: null, gzip: null }
  const br = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } })
  return { plain, br, gzip: gzipSync(plain) }
}
