import type { Context } from 'koa'
import { HOMEPAGE } from '../../kit/package-facts.ts'
import type { House } from '../house.ts'
import { sendPage } from '../send-page.ts'
import { visitOf } from '../visit.ts'

/** `GET /about`: version, licence, credits. */
export function aboutPage(ctx: Context, house: House): void {
  const { words } = visitOf(ctx)
  sendPage(
    ctx,
    house,
    'pages/about',
    { title: words.say('nav.about'), isNarrow: true, help: 'start' },
    { homepage: HOMEPAGE, node: process.versions.node },
  )
}
