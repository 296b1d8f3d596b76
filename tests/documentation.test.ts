import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { SETTINGS } from '../src/settings/table.ts'
import { ROUTES } from '../src/web/routes.ts'
import { COLLECTING } from '../src/web/settings/collect-fields.ts'
import { DATABASE } from '../src/web/settings/database.ts'
import { pictureNames, userGuide } from './support/user-guide.ts'

const resolve = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const read = (path: string) => readFileSync(resolve(path), 'utf8')

t.test('every setting stands in docs/settings.md with its default and what it does', async (t) => {
  const page = read('docs/settings.md')
  for (const row of SETTINGS) {
    const line = page.split('\n').find((one) => one.startsWith(`| \`${row.name}\` |`))
    t.ok(line, `${row.name} has a line`)
    t.ok(line?.includes(row.help), `${row.name} says what it does`)
    if (row.default !== '') t.ok(line?.includes(`\`${row.default}\``), `${row.name} says its default`)
    for (const word of row.allowed ?? []) t.ok(line?.includes(`\`${word}\``), `${row.name} names ${word}`)
  }
  const named = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1])
  t.same(
    named.filter((name) => !SETTINGS.some((row) => row.name === name)),
    [],
    'the page names no setting that is not there',
  )
})

t.test('every setting of the data stands in docs/settings.md with its default', async (t) => {
  const lines = read('docs/settings.md').split('\n')
  for (const field of [...(DATABASE.fields ?? []), ...COLLECTING]) {
    const line = lines.find((one) => one.startsWith(`| \`${field.key}\` |`))
    t.ok(line, `${field.key} has a line`)
    if (field.default !== '') t.ok(line?.includes(`\`${field.default}\``), `${field.key} says its default`)
  }
})

t.test('every address that programs use stands in docs/api.md', async (t) => {
  const page = read('docs/api.md')
  for (const route of ROUTES.filter((one) => one.as === 'json')) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    t.ok(page.includes(path), `${route.method} ${path}`)
  }
})

t.test('every command of package.json stands in docs/development.md', async (t) => {
  const page = read('docs/development.md')
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const name of Object.keys(scripts)) {
    if (name === 'build' || name === 'start' || name === 'test') continue
    t.ok(page.includes(`npm run ${name}`), name)
  }
})

t.test('docs/guide.md says what the guide of the pages says, with its pictures', async (t) => {
  const page = read('docs/guide.md')
  t.equal(page, userGuide(), 'node tools/run.mjs tests/support/write-guide.ts writes it anew')
  for (const [, path = ''] of page.matchAll(/\]\(\.\.\/([^)]+)\)/g)) t.ok(existsSync(resolve(path)), path)
  t.equal(pictureNames().length, [...page.matchAll(/!\[/g)].length)
})

t.test('the README is short, and its commands are real', async (t) => {
  const page = read('README.md')
  t.ok(page.split('\n').length < 120)
  t.match(page, /npm ci && npm start/)
  t.match(page, /npm ci && npm test/)
  for (const [, target = ''] of page.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    t.ok(existsSync(fileURLToPath(new URL(`../${target}`, import.meta.url))), target)
  }
})

t.test('the project has one public address and one version', async (t) => {
  const { homepage, version } = JSON.parse(read('package.json')) as { homepage: string; version: string }
  t.match(read('repository.yaml'), homepage)
  t.match(read('config.yaml'), new RegExp(`url: "?${homepage.replaceAll('.', '\\.')}`))
  t.match(read('config.yaml'), new RegExp(`version: "?${version.replaceAll('.', '\\.')}`))
  t.match(read('CHANGELOG.md'), new RegExp(`## ${version.replaceAll('.', '\\.')}`))
})
