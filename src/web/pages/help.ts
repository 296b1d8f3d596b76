import type { Context } from 'koa'
import type { House } from '../house.ts'
import { sendPage } from '../send-page.ts'
import { visitOf } from '../visit.ts'

/** Chapters of the guide, with how many paragraphs each has: `page.help.<chapter>.title`, `.1`, `.2`, ... */
const CHAPTERS: readonly (readonly [name: string, paragraphs: number])[] = [
  ['start', 4],
  ['overview', 5],
  ['states', 9],
  ['job', 4],
  ['run', 4],
  ['trends', 3],
  ['expected', 5],
  ['notices', 3],
  ['keys', 1],
]

const KEYS: readonly (readonly [keys: string, name: string])[] = [
  ['/', 'search'],
  ['r', 'refresh'],
  ['g o', 'overview'],
  ['g a', 'activity'],
  ['g m', 'trends'],
  ['g s', 'settings'],
  ['?', 'help'],
]

/** `GET /help`: the guide, one page with a chapter for each place, so that it can be searched and printed. */
export function helpPage(ctx: Context, house: House): void {
  const { words } = visitOf(ctx)
  const chapters = CHAPTERS.map(([name, count]) => ({
    id: name,
    title: words.say(`page.help.${name}.title`),
    paragraphs: Array.from({ length: count }, (_, index) => words.say(`page.help.${name}.${index + 1}`)),
  }))
  sendPage(
    ctx,
    house,
    'pages/help',
    { title: words.say('nav.help') },
    {
      chapters,
      keys: KEYS.map(([keys, name]) => ({ keys, does: words.say(`page.help.key.${name}`) })),
      side: {
        label: words.say('page.help.chapters'),
        groups: [
          {
            title: words.say('page.help.chapters'),
            links: chapters.map(({ id, title }) => ({
              href: `#${id}`,
              label: title,
              icon: 'file-text',
              isHere: false,
            })),
          },
        ],
      },
    },
  )
}
