import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCES = files(join(ROOT, 'src'), '.ts')

/** Folder of ours -> what it may import of ours, beside itself. `types` means `import type` only. */
const MAY: Readonly<
  Record<string, { readonly ours: readonly string[]; readonly types?: readonly string[] }>
> = {
  domain: { ours: [] },
  kit: { ours: [] },
  language: { ours: ['domain', 'kit'] },
  settings: { ours: ['domain', 'kit'] },
  actions: { ours: ['domain', 'kit'] },
  store: { ours: ['domain', 'kit'] },
  duplicati: { ours: ['domain', 'kit'] },
  notify: { ours: ['domain', 'kit'] },
  mqtt: { ours: ['domain', 'kit'] },
  'home-assistant': { ours: ['domain', 'kit'] },
  'reference-import': { ours: ['domain', 'kit'] },
  calendar: { ours: ['domain', 'kit'], types: ['actions'] },
  web: { ours: ['domain', 'kit'], types: ['actions'] },
}

/** One package, one door. */
const DOORS: Readonly<Record<string, RegExp>> = {
  koa: /^web\//,
  '@koa/router': /^web\//,
  'raw-body': /^web\//,
  helmet: /^web\//,
  eta: /^web\//,
  'rate-limiter-flexible': /^web\//,
  argon2: /^web\/password(-hash)?\.ts$/,
  lowdb: /^store\//,
  mqtt: /^mqtt\//,
  nodemailer: /^notify\/email[a-z-]*\.ts$/,
  uqr: /^notify\/qr\.ts$/,
  'node-schedule': /^calendar\//,
  'intl-messageformat': /^language\//,
  luxon: /^domain\//,
  'csv-stringify': /^web\//,
  ws: /^home-assistant\//,
  'node-sqlite3-wasm': /^reference-import\//,
  'sql.js': /^reference-import\//,
}

t.test('every folder imports only what its layer allows', async (t) => {
  for (const { path, imports } of SOURCES.map(parsed)) {
    const folder = path.includes('/') ? (path.split('/')[0] ?? '') : ''
    const rule = MAY[folder]
    if (folder === '' || folder === 'wiring') continue // app, main and their wiring introduce everybody
    if (rule === undefined) {
      t.fail(`${path}: the folder ${folder} has no row in the table of layers`)
      continue
    }
    for (const { from, isType } of imports) {
      if (!from.startsWith('.')) continue
      const target = relative(ROOT, join(ROOT, 'src', path, '..', from)).replace(/^src\//, '')
      const to = target.split('/')[0] ?? ''
      const allowed = to === folder || rule.ours.includes(to) || (isType && rule.types?.includes(to) === true)
      if (!allowed) t.fail(`${path} imports ${target}`)
    }
  }
  t.pass('all read')
})

t.test('every package has one door', async (t) => {
  for (const { path, imports } of SOURCES.map(parsed)) {
    for (const { from, isType } of imports) {
      if (from.startsWith('.') || from.startsWith('node:')) continue
      const name = from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : (from.split('/')[0] ?? '')
      const door = DOORS[name]
      if (door === undefined) t.fail(`${path} imports ${name}, which has no row in the table of doors`)
      else if (!door.test(path) && !(isType && path.startsWith('web/')))
        t.fail(`${path} imports ${name} past its door`)
    }
    if (path.startsWith('domain/')) {
      t.notOk(
        imports.some(({ from }) => from.startsWith('node:')),
        `${path} knows nothing of Node`,
      )
    }
  }
})

t.test('no source file is longer than two hundred lines', async (t) => {
  const scripts = files(join(ROOT, 'views/assets/js'), '.js')
  for (const file of [...SOURCES, ...scripts]) {
    const lines = readFileSync(file, 'utf8').split('\n').length - 1
    if (lines > 200) t.fail(`${relative(ROOT, file)} has ${lines} lines`)
  }
  t.pass('all counted')
})

t.test('no barrel, default export, enum or any', async (t) => {
  for (const file of SOURCES) {
    const code = readFileSync(file, 'utf8')
    const path = relative(ROOT, file)
    if (/\/index\.ts$/.test(path) && !path.includes('migrations/')) t.fail(`${path} is a barrel`)
    if (/^export default /m.test(code)) t.fail(`${path} has a default export`)
    if (/^(export )?(const )?enum /m.test(code)) t.fail(`${path} has an enum`)
    const bare = code.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
    if (/: any\b|\bas any\b|@ts-ignore/.test(bare)) t.fail(`${path} has a loose type`)
  }
  t.pass('all read')
})

t.test('every address in a template is built by link() or asset()', async (t) => {
  for (const file of files(join(ROOT, 'views'), '.eta')) {
    const code = readFileSync(file, 'utf8')
    const bare = /(?:href|src|action|formaction)\s*=\s*["']\/(?!\/)/.exec(code)
    if (bare !== null)
      t.fail(`${relative(ROOT, file)} has a bare address: ${code.slice(bare.index, bare.index + 60)}`)
    const raw = [...code.matchAll(/<%~\s*([\s\S]*?)%>/g)].map((match) => match[1] ?? '')
    for (const expression of raw) {
      const name = /(?:^|[?:] )(?:await )?(?:it\.)?(include|body|block|icon|layout|svg|json)\b/.exec(
        expression.trim(),
      )
      if (name === null) t.fail(`${relative(ROOT, file)} prints unescaped: ${expression.trim().slice(0, 60)}`)
    }
    if (/<script(?![^>]*\bsrc=)(?![^>]*type="application\/json")/.test(code))
      t.fail(`${relative(ROOT, file)} has an inline script`)
    if (/\sstyle="/.test(code)) t.fail(`${relative(ROOT, file)} has a style attribute`)
  }
  t.pass('all read')
})

t.test('exactly one file looks like an add-on manifest', async (t) => {
  const names = files(ROOT, '').map((file) => relative(ROOT, file))
  const manifests = names.filter((name) => /(^|\/)config\.[^/]*(json|ya?ml)$/.test(name))
  t.ok(manifests.length <= 1 && manifests.every((name) => name === 'config.yaml'), manifests.join(', '))
})

interface Import {
  readonly from: string
  readonly isType: boolean
}

function parsed(file: string): { path: string; imports: Import[] } {
  const code = readFileSync(file, 'utf8')
  const imports = [...code.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+['"]([^'"]+)['"]/gm)]
  const plain = [...code.matchAll(/^import\s+['"]([^'"]+)['"]/gm)]
  const lazy = [...code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)(\.\w)?/g)]
  return {
    path: relative(join(ROOT, 'src'), file),
    imports: [
      ...imports.map((match) => ({ from: match[2] ?? '', isType: match[1] !== undefined })),
      ...plain.map((match) => ({ from: match[1] ?? '', isType: false })),
      // `import('./x.ts').Name` is a type, `await import('mqtt')` is not.
      ...lazy.map((match) => ({ from: match[1] ?? '', isType: match[2] !== undefined })),
    ],
  }
}

function files(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.') || entry.name === 'dist') return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return files(path, ending)
    return entry.name.endsWith(ending) ? [path] : []
  })
}

t.test('the stylesheet knows no left and right, but begin and end of the line', async (t) => {
  const physical =
    /(^|[\s;{])((margin|padding|border|inset|scroll-margin|scroll-padding)-(left|right|top|bottom)\b|(left|right|top|bottom|float|(min-|max-)?(width|height))\s*:|border-(top|bottom)-(left|right)-radius|text-align:\s*(left|right)|clear:\s*(left|right))/
  for (const file of files(join(ROOT, 'views/assets/css'), '.css')) {
    const lines = readFileSync(file, 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .split('\n')
    for (const line of lines.map((one) => one.trim()).filter((one) => !one.startsWith('@'))) {
      if (physical.test(line)) t.fail(`${relative(ROOT, file)}: ${line}`)
      // Four sides in one line are those of the page: the second must be the fourth.
      const [, right, , left] =
        /^(?:margin|padding|inset|border-(?:width|style|color)):\s*(\S+) (\S+) (\S+) (\S+);$/
          .exec(line)
          ?.slice(1) ?? []
      if (right !== left) t.fail(`${relative(ROOT, file)}: ${line}`)
    }
  }
  t.pass('all read')
})

t.test('every icon that is named is in the sprite', async (t) => {
  const sprite = readFileSync(join(ROOT, 'views/assets/icons/sprite.svg'), 'utf8')
  const has = new Set([...sprite.matchAll(/<symbol id="([a-z0-9-]+)"/g)].map((match) => match[1]))
  for (const file of [...SOURCES, ...files(join(ROOT, 'views'), '.eta')]) {
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/\bicon(?:\(|: )'([a-z0-9-]+)'/g))
      if (!has.has(name)) t.fail(`${relative(ROOT, file)} names ${name}`)
  }
  t.pass('all read')
})
