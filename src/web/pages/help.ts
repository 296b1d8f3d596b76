import type { Context } from 'koa'
import type { Words } from '../../domain/words.ts'
import { CHAPTERS, PICTURE } from '../help-chapters.ts'
import type { House } from '../house.ts'
import { sendPage, single } from '../send-page.ts'
import { visitOf } from '../visit.ts'

const KEYS: readonly (readonly [keys: string, name: string])[] = [
  ['/', 'search'],
  ['r', 'refresh'],
  ['g o', 'overview'],
  ['g a', 'activity'],
  ['g m', 'trends'],
  ['g s', 'settings'],
  ['?', 'help'],
]

/**
 * `GET /help?q=`: the guide, one page with a chapter for each place, so that it can be read through and printed; with
 * `q` the chapters that have it.
 */
export function helpPage(ctx: Context, house: House): void {
  const visit = visitOf(ctx)
  const { words } = visit
  const q = (single(ctx.query)['q'] ?? '').trim().slice(0, 100)
  const chapters = readChapters(words).filter((one) => q === '' || one.texts.some((text) => has(text, q)))
  sendPage(
    ctx,
    house,
    'pages/help',
    { title: words.say('nav.help'), help: 'start' },
    {
      q,
      found: q === '' ? '' : words.say('page.help.found', { count: chapters.length, q }),
      allHref: visit.link('/help'),
      chapters: chapters.map(({ name, texts: [title = '', ...paragraphs], picture }) => ({
        id: name,
        title: marked(title, q),
        paragraphs: paragraphs.map((paragraph) => marked(paragraph, q)),
        picture: picture
          ? {
              ...PICTURE,
              src: visit.asset(`guide/${name}.webp`),
              alt: words.say('page.help.picture', { title }),
            }
          : null,
      })),
      keys: KEYS.map(([keys, name]) => ({ keys, does: words.say(`page.help.key.${name}`) })),
      side: {
        label: words.say('page.help.chapters'),
        groups: [
          {
            title: words.say('page.help.chapters'),
            links: chapters.map(({ name, texts }) => ({
              href: `#${name}`,
              label: texts[0] ?? '',
              icon: 'file-text',
              isHere: false,
              isOff: false,
            })),
          },
        ],
      },
    },
  )
}

/** Each chapter with its title and paragraphs, in the reader's language. */
export function readChapters(words: Words) {
  return CHAPTERS.map(({ name, paragraphs, picture }) => ({
    name,
    picture,
    texts: [
      words.say(`page.help.${name}.title`),
      ...Array.from({ length: paragraphs }, (_, index) => words.say(`page.help.${name}.${index + 1}`)),
    ],
  }))
}

/** Letters compare without case and accents, one to one, so that places in the text stay where they are. */
function folded(text: string): string {
  return [...text].map((letter) => letter.normalize('NFD').charAt(0).toLowerCase().slice(0, 1)).join('')
}

function has(text: string, q: string): boolean {
  return folded(text).includes(folded(q))
}

/** A text in parts, those that were searched for marked. */
function marked(text: string, q: string): { text: string; isHit: boolean }[] {
  const letters = [...text]
  const wanted = folded(q)
  const parts: { text: string; isHit: boolean }[] = []
  let from = 0
  for (let at = wanted === '' ? -1 : folded(text).indexOf(wanted); at !== -1; ) {
    parts.push({ text: letters.slice(from, at).join(''), isHit: false })
    from = at + wanted.length
    parts.push({ text: letters.slice(at, from).join(''), isHit: true })
    at = folded(text).indexOf(wanted, from)
  }
  return [...parts, { text: letters.slice(from).join(''), isHit: false }].filter((part) => part.text !== '')
}
