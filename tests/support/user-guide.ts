import { fileURLToPath } from 'node:url'
import { createLanguages } from '../../src/language/words.ts'
import { CHAPTERS } from '../../src/web/help-chapters.ts'
import { readChapters } from '../../src/web/pages/help.ts'

const LOCALES = fileURLToPath(new URL('../../views/locales', import.meta.url))

/** `docs/guide.md`: the guide of the pages once more, in English, from the same texts and pictures. */
export function userGuide(): string {
  const words = createLanguages(LOCALES).words({
    language: 'en',
    locale: 'en-GB',
    zone: 'UTC',
    theme: 'auto',
    units: 'decimal',
    dateStyle: 'locale',
    hour12: null,
  })
  const chapters = readChapters(words).map(({ name, texts: [title = '', ...paragraphs], picture }) => {
    const image = picture ? [`![${title}](../views/assets/guide/${name}.webp)`] : []
    return [`## ${title}`, ...paragraphs, ...image].join('\n\n')
  })
  const written =
    'Written by `node tools/run.mjs tests/support/write-guide.ts`: change the texts in `views/locales`.'
  return `${['# User guide', words.say('page.help.lead'), `<!-- ${written} -->`, ...chapters].join('\n\n')}\n`
}

/** Names of the pictures, in the order of the guide. */
export function pictureNames(): string[] {
  return CHAPTERS.filter((chapter) => chapter.picture).map((chapter) => chapter.name)
}
