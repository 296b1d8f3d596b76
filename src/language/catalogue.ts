import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileMessage, type Message } from './message.ts'

/** Every sentence in every language that has a file; a sentence missing in one is said in English. */
export interface Catalogue {
  /** Codes of the languages there are, English first. */
  readonly languages: readonly string[]
  /** The compiled sentence and the language it is in; null where not even English has it. */
  find(language: string, key: string): { message: Message; language: string } | null
}

const ENGLISH = 'en'

/** Reads `<dir>/<language>.json`: flat objects of ICU messages. A file is read when its language is first spoken. */
export function openCatalogue(dir: string): Catalogue {
  const codes = readdirSync(dir)
    .filter((name) => /^[a-zA-Z-]{2,11}\.json$/.test(name))
    .map((name) => name.slice(0, -'.json'.length))
  const languages = [...new Set([ENGLISH, ...codes.sort()])]
  const texts = new Map<string, Map<string, string>>()
  const compiled = new Map<string, Map<string, Message>>()

  const textsOf = (language: string) => {
    let found = texts.get(language)
    if (found === undefined) {
      found = codes.includes(language) ? readTexts(join(dir, `${language}.json`)) : new Map()
      texts.set(language, found)
    }
    return found
  }

  const messageOf = (language: string, key: string): Message | null => {
    let messages = compiled.get(language)
    if (messages === undefined) {
      messages = new Map()
      compiled.set(language, messages)
    }
    const known = messages.get(key)
    if (known !== undefined) return known
    const source = textsOf(language).get(key)
    if (source === undefined) return null
    const message = compileMessage(source, language)
    messages.set(key, message)
    return message
  }

  return {
    languages,
    find(language, key) {
      const own = languages.includes(language) ? messageOf(language, key) : null
      if (own !== null) return { message: own, language }
      const english = messageOf(ENGLISH, key)
      return english === null ? null : { message: english, language: ENGLISH }
    },
  }
}

function readTexts(file: string): Map<string, string> {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (typeof content !== 'object' || content === null) throw new Error(`${file} is not an object of texts`)
  return new Map(Object.entries(content).map(([key, value]) => [key, String(value)]))
}
