import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { IntlMessageFormat } from 'intl-messageformat'
import t from 'tap'

const folder = fileURLToPath(new URL('../../views/locales/', import.meta.url))
const read = (file: string) => JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as Record<string, string>
const english = read('en.json')

/**
 * Keys that are put together from one word and something computed, or whose computed part has dots: what they begin
 * with, the place that builds them, and what may follow. All other computed keys are read from the source.
 */
const WIDE: readonly (readonly [prefix: string, place: string, rest: RegExp])[] = [
  ['audit.', 'src/web/pages/people/audit.ts', /^[a-z-]+(\.[a-z-]+)?$/],
  ['format.', 'src/language/words.ts', /^[a-z.-]+$/],
  ['nav.', 'views/layout.eta', /^(overview|activity|trends|settings|account)$/],
  ['page.', 'src/web/pages/attention.ts', /^view-(log|run)$/],
  ['page.job.calendar.gap', 'src/web/pages/job.ts', /^(-now)?$/],
  ['setting.', 'src/web/settings/form.ts', /^.+\.(label|help|choice\..+)$/],
  ['settings.', 'src/web/settings/form-page.ts', /^[a-z-]+\.(title|lead)$/],
  ['users.', 'views/pages/people/users.eta', /^password$/],
]

t.test('every language says everything, in messages that format, with the same values', async (t) => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  t.ok(files.length >= 7, 'English and six others')
  for (const file of files) {
    const language = file.replace('.json', '')
    const texts = read(file)
    t.same(missing(english, texts), [], `${language} has every text`)
    t.same(missing(texts, english), [], `${language} has no text that English has not`)
    const odd = Object.entries(texts).filter(([key, text]) => {
      return argumentsOf(text, language) !== argumentsOf(english[key] ?? '', 'en')
    })
    t.same(
      odd.map(([key]) => key),
      [],
      `${language} uses the values that English does`,
    )
  }
})

t.test('every language keeps to its own marks', async (t) => {
  const wrong: Readonly<Record<string, RegExp>> = {
    en: /\.\.\.|[^,] …|"|(^|[^\d])'/,
    de: /\.\.\.|“[^„”]*”|"/,
    fr: /\.\.\.|[^,] …|[^\u00a0\u202f][;!?»](\s|$)| [:»]|«[^\u00a0\u202f]|["“”]/,
    es: /\b(usted|elija|instale|libere|repita|inténtelo)\b|\.\.\.|[^,] …|"|^[^¿]*\?$|^[^¡]*!$/,
    'pt-BR': /\.\.\.|[^,] …|"/,
    'zh-Hans': /\.\.\.|[^,] …|"|\p{Script=Han}[,;:?!.(]|[,;:?!)]\p{Script=Han}|\s[，。：；？！]/u,
    'hi-Latn': /\.\.\.|[^,] …|"|\p{Script=Devanagari}/u,
  }
  for (const [language, marks] of Object.entries(wrong)) {
    const odd = Object.entries(read(`${language}.json`)).filter(([, text]) => marks.test(text))
    t.same(odd, [], language)
  }
})

t.test('the program says every text there is, and no other', async (t) => {
  const sources = sourceFiles()
  const quoted = new Set(sources.flatMap(({ content }) => quotedWords(content)))
  for (const [prefix, place] of WIDE)
    t.ok(
      sources.find(({ file }) => file === place)?.content.includes(`\`${prefix}\${`),
      `${place} builds ${prefix}`,
    )
  const shapes = [...new Set(sources.flatMap(({ content }) => computedKeys(content)))].map(
    (shape) => new RegExp(shape),
  )
  const isSaid = (key: string) =>
    quoted.has(key) ||
    shapes.some((shape) => shape.test(key)) ||
    WIDE.some(([prefix, , rest]) => key.startsWith(prefix) && rest.test(key.slice(prefix.length)))
  t.same(
    Object.keys(english).filter((key) => !isSaid(key)),
    [],
    'no text is unused',
  )
  t.same(fieldsWithoutField(quoted), [], 'every text of a field has its field')

  const said = sources.flatMap(({ content }) =>
    [...content.matchAll(/\b(?:say|text)\(\s*'([\w-]+\.[\w.-]+)'/g)].map(([, key = '']) => key),
  )
  t.ok(said.length > 500)
  t.same(
    said.filter((key) => !Object.hasOwn(english, key)),
    [],
    'no text is missing',
  )
  const keys = Object.keys(english)
  const empty = shapes.filter((shape) => isOfAnArea(shape) && !keys.some((key) => shape.test(key)))
  t.same(empty.map(String), [], 'nothing computed is missing altogether')
})

/** Names, addresses and folders that are the same in every language. */
const SAME_EVERYWHERE = /^(duplistatus|Node|ntfy|CSV|JSON|rejected\/|quarantine\/|office@example\.org)$/

t.test('no word of a page or mail stands outside the catalogue', async (t) => {
  const templates = sourceFiles().filter(({ file }) => file.endsWith('.eta'))
  t.ok(templates.length > 60)
  for (const { file, content } of templates) {
    const markup = content.replaceAll(/<%[\s\S]*?%>/g, '\0').replaceAll(/<style[\s\S]*?<\/style>/g, '')
    const attributes = [...markup.matchAll(/\b(?:title|alt|placeholder|aria-label|label)="([^"]*)"/g)].map(
      ([, value = '']) => value,
    )
    const words = [...attributes, ...markup.replaceAll(/<!--[\s\S]*?-->|<[^>]*>/g, '\n').split('\n')]
      .flatMap((text) => text.replaceAll(/&\w+;/g, '').split('\0'))
      .map((text) => text.trim())
    t.same(
      words.filter((text) => /\p{L}{2}/u.test(text) && !SAME_EVERYWHERE.test(text)),
      [],
      file,
    )
  }
})

function sourceFiles(): { file: string; content: string }[] {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  return ['src', 'views'].flatMap((top) =>
    readdirSync(`${root}${top}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|eta|js)$/.test(entry.name))
      .map((entry) => `${entry.parentPath}/${entry.name}`)
      .map((path) => ({
        file: path.slice(root.length),
        content: readFileSync(path, 'utf8').replaceAll(/^ *\/?\*.*$/gm, ''),
      })),
  )
}

function quotedWords(source: string): string[] {
  return [...source.matchAll(/(['"`])([\w.-]+)\1/g)].map(([, , word = '']) => word)
}

/** Templates like `page.state.${state}` with two fixed words at least; each computed part is one word. */
function computedKeys(source: string): string[] {
  return [...source.matchAll(/`([a-z][\w-]*\.[\w.-]+\$\{[^`\n]*|[a-z][\w-]*\.\$\{[^`\n]*\}\.[^`\n]*)`/g)]
    .map(([, template = '']) => template.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '*'))
    .filter((shape) => /^[\w.*-]+$/.test(shape))
    .map((shape) => `^${shape.replaceAll('.', '\\.').replaceAll('*', '[\\w-]+')}$`)
}

/** Whether a shape can be a text at all: names of settings and events look the same. */
function isOfAnArea(shape: RegExp): boolean {
  const area = /^\^([\w-]+)/.exec(shape.source)?.[1] ?? ''
  return !['notices', 'server', 'job', 'incident'].includes(area)
}

/** `setting.<field>.label` where nothing in the source names the field. */
function fieldsWithoutField(quoted: ReadonlySet<string>): string[] {
  return Object.keys(english).filter((key) => {
    const field = /^setting\.(.+)\.label$/.exec(key)?.[1]
    if (field === undefined) return false
    const names = [field, field.replace(/^[\w-]+\./, ''), field.replace(/^([\w-]+)\.(\w+)\./, '$2')]
    return !names.some((name) => quoted.has(name))
  })
}

function missing(wanted: object, given: object): string[] {
  return Object.keys(wanted).filter((key) => !Object.hasOwn(given, key))
}

interface Part {
  readonly type: number
  readonly value?: string
  readonly options?: Readonly<Record<string, { readonly value: readonly Part[] }>>
  readonly children?: readonly Part[]
}

/** Names of the values in a message, sorted; the parser throws where it is no ICU message. */
function argumentsOf(text: string, language: string): string {
  const names = new Set<string>()
  const visit = (parts: readonly Part[]) => {
    for (const part of parts) {
      // 0 is plain text, 7 the number sign inside a plural.
      if (part.type !== 0 && part.type !== 7 && part.value !== undefined) names.add(part.value)
      for (const option of Object.values(part.options ?? {})) visit(option.value)
      visit(part.children ?? [])
    }
  }
  visit(new IntlMessageFormat(text, language).getAst() as readonly Part[])
  return [...names].sort().join(' ')
}
