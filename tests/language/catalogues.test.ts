import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { IntlMessageFormat } from 'intl-messageformat'
import t from 'tap'

const folder = fileURLToPath(new URL('../../views/locales/', import.meta.url))
const read = (file: string) => JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as Record<string, string>
const english = read('en.json')

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
