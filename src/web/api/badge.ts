import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import type { JobState } from '../../domain/job.ts'
import type { JobRow } from '../../domain/job-row.ts'
import { serverName } from '../../domain/server.ts'
import { serverRows } from '../../domain/server-rows.ts'
import { worstOf } from '../../domain/server-state.ts'
import { hasTag } from '../../domain/tags.ts'
import { text } from '../../domain/text.ts'
import type { Words } from '../../domain/words.ts'
import type { House } from '../house.ts'
import { single } from '../send-page.ts'
import { visitOf } from '../visit.ts'
import { noStore } from './no-store.ts'

/** White on each is readable; the words say the same. */
const COLOURS: Readonly<Record<JobState, string>> = {
  ok: '#1b7a41',
  running: '#1b7a41',
  warning: '#8a5a00',
  late: '#7a2fa8',
  overdue: '#7a2fa8',
  failed: '#b3261e',
  unknown: '#566069',
  paused: '#566069',
  new: '#566069',
}
const TROUBLED: ReadonlySet<JobState> = new Set(['failed', 'overdue', 'late', 'warning', 'unknown'])
const LONGEST = 60

/** `GET /api/v1/badge.svg?server=&job=&tag=`: how all of it, or a part, stands, as a small picture for other pages. */
export async function badge(ctx: Context, house: House): Promise<void> {
  await house.store.settled()
  const { words } = visitOf(ctx)
  const { server = '', job = '', tag = '' } = single(ctx.query)
  const rows = serverRows(house.store.state(), house.clock.now())
    .flatMap((one) => one.jobs)
    .filter((row) => server === '' || [row.server.id, row.server.name].includes(server))
    .filter((row) => job === '' || row.job.id === job)
    .filter((row) => tag === '' || hasTag(row.job, tag) || hasTag(row.server, tag))
  const [first] = rows
  if (first === undefined && server + job + tag !== '') throw new Failure('not-found', text('api.no-badge'))
  const isOne = job !== '' && first !== undefined
  const part = isOne ? first.job.name : server !== '' && first !== undefined ? serverName(first.server) : tag
  noStore(ctx)
  ctx.type = 'image/svg+xml'
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin')
  ctx.body = drawBadge(
    part || 'duplistatus',
    isOne ? words.say(`page.state.${first.standing.state}`) : sentence(rows, words),
    COLOURS[worstOf(rows.map((row) => row.standing.state))],
  )
}

function sentence(rows: readonly JobRow[], words: Words): string {
  const count = rows.filter((row) => TROUBLED.has(row.standing.state)).length
  if (count > 0) return words.say('api.status.attention', { count })
  return words.say(rows.length === 0 ? 'api.status.none' : 'api.status.good')
}

/** Two fields as wide as their words. */
function drawBadge(label: string, message: string, colour: string): string {
  const [left, right] = [label, message].map((one) => [...one].slice(0, LONGEST).join(''))
  const widths = [left, right].map((one) => widthOf(one ?? ''))
  const [a = 0, b = 0] = widths
  const field = (one: string | undefined, x: number, width: number) =>
    `<text x="${x + width / 2}" y="14" textLength="${width - 12}" lengthAdjust="spacingAndGlyphs">${escaped(one ?? '')}</text>`
  const title = escaped(`${left}: ${right}`)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${a + b}" height="20" role="img" aria-label="${title}"><title>${title}</title><rect width="${a + b}" height="20" rx="4" fill="${colour}"/><path d="M4 0h${a - 4}v20H4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z" fill="#3a434a"/><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${field(left, 0, a)}${field(right, a, b)}</g></svg>`
}

/** About: letters of far scripts are twice as wide. */
function widthOf(label: string): number {
  return 12 + Math.round([...label].reduce((sum, sign) => sum + (sign > '\u2e7f' ? 12 : 6.6), 0))
}

const SIGNS: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }

/** XML knows no control characters, not even escaped. */
function escaped(value: string): string {
  return value.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ').replace(/[<>&"]/g, (sign) => SIGNS[sign] ?? '')
}
