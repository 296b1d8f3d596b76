import { createHash } from 'node:crypto'
import type { Context } from 'koa'
import { takeFlash } from './flash.ts'
import type { Chapter } from './help-chapters.ts'
import type { House } from './house.ts'
import { openProblems } from './open-problems.ts'
import { serverMenu } from './servers/server-menu.ts'
import { visitOf } from './visit.ts'

/** What the frame around a page needs to know of it. */
export interface PageFrame {
  /** Title of the tab, without the name of the product. */
  readonly title: string
  /** Name of the place in the navigation; '' for none. */
  readonly place?: string
  /** Whether the page follows new reports. */
  readonly isLive?: boolean
  readonly isNarrow?: boolean
  /** Chapter of the help page. */
  readonly help: Chapter
  readonly status?: number
}

/**
 * Answers with a page, or with `?fragment=1` with its middle only, which live update puts into the page that is
 * open. A fragment that did not change is a 304.
 */
export function sendPage(
  ctx: Context,
  house: House,
  template: string,
  frame: PageFrame,
  model: object,
): void {
  const visit = visitOf(ctx)
  const isFragment = ctx.query['fragment'] === '1'
  const { fragment: _, ...query } = ctx.query
  const text = house.view.render(visit, template, {
    ...model,
    title: frame.title,
    place: frame.place ?? '',
    isNarrow: frame.isNarrow === true,
    help: frame.help,
    frame: isFragment ? '/fragment' : '/layout',
    live: frame.isLive === true ? visit.link(visit.path, { ...single(query), fragment: 1 }) : null,
    // Whole minutes, so that a fragment in which nothing changed is the same text.
    renderedAt: new Date(Math.floor(visit.now.getTime() / 60_000) * 60_000).toISOString(),
    problems: openProblems(house.store.state()),
    flash: isFragment ? null : takeFlash(ctx, visit.words),
    ntfy: isFragment || visit.user === null ? null : subscribedTopic(house),
    serverMenu: isFragment || visit.user === null ? null : serverMenu(house.store.state(), visit),
    disk: house.store.health().mode,
    areSecretsLost: visit.isAdministrator && house.secrets.isKeyLost(),
  })
  // As bytes: Koa would go through a text of 100 kB twice more, to count and to send it.
  const html = Buffer.from(text)
  ctx.status = frame.status ?? 200
  ctx.type = 'html'
  ctx.set('Cache-Control', 'no-store')
  if (isFragment) {
    const etag = `"${createHash('sha1').update(html).digest('base64url')}"`
    ctx.set('ETag', etag)
    ctx.set('Cache-Control', 'no-cache')
    // Compared by hand: a script's fetch says `no-cache` too, which asks proxies, not us. Some proxies weaken ETags.
    if (ctx.get('If-None-Match').replace('W/', '') === etag) {
      ctx.status = 304
      return
    }
  }
  ctx.body = html
}

/** The topic for the header: only where messages go there. */
function subscribedTopic(house: House) {
  return house.store.state().settings['notices.ntfy.enabled'] === true ? house.notices.topic() : null
}

/** A query as plain texts; of a name that is given twice the first counts. */
export function single(query: Context['query']): Record<string, string> {
  const found: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(query)) {
    const first = Array.isArray(value) ? value[0] : value
    if (first !== undefined) found[name] = first.slice(0, 300)
  }
  return found
}
