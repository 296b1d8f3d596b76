import { join } from 'node:path'
import type { Reader } from '../domain/words.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { PROJECT_ROOT } from '../kit/project-root.ts'
import { createLanguages } from '../language/words.ts'
import { createAssets } from '../web/assets.ts'
import type { House } from '../web/house.ts'
import { createView } from '../web/view.ts'

const folder = (path: string) => join(PROJECT_ROOT, 'views', path)

/** How somebody reads who has not said otherwise, and the log. */
export const ENGLISH: Omit<Reader, 'zone'> = {
  language: 'en',
  locale: 'en-GB',
  theme: 'auto',
  units: 'decimal',
  dateStyle: 'locale',
  hour12: null,
}

/** Sentences, templates and browser files, all read from `views`. */
export function views(
  clock: Clock,
  log: Log,
  zone: string,
): Pick<House, 'words' | 'languages' | 'chooseLanguage' | 'languageNames' | 'view' | 'assets'> {
  const languages = createLanguages(folder('/locales'), {
    clock,
    missing: (what) => log.error(`A text is missing from the catalogue: ${what}`),
  })
  const languageNames = new Map(languages.languages.map(({ code, name }) => [code, name]))
  return {
    words: (reader) => languages.words({ ...ENGLISH, zone, ...reader }),
    languages: languages.languages.map((language) => language.code),
    chooseLanguage: languages.choose,
    languageNames,
    view: createView(folder(''), { cache: true, languageNames }),
    assets: createAssets(folder('/assets'), { cache: true }),
  }
}
