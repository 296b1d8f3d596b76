import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import type { LogLevel, LogLine, Run, RunLog } from '../../domain/run.ts'
import { runId } from '../../domain/run.ts'
import { text } from '../../domain/text.ts'
import type { Words } from '../../domain/words.ts'
import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'
import { readRun } from './read-run.ts'

const LINES_A_PAGE = 500
const LEVELS: readonly LogLevel[] = [
  'error',
  'warning',
  'information',
  'retry',
  'dry-run',
  'verbose',
  'profiling',
  'other',
]

export interface LogView {
  /** Why there are no lines, or that some are left out; '' for a whole log. */
  readonly note: string
  readonly levels: readonly { label: string; count: number; href: string; isHere: boolean }[]
  readonly lines: readonly LogLineView[]
  readonly search: string
  readonly level: string
  readonly found: string
  readonly pager: { previous: string; next: string; sentence: string } | null
  readonly downloadHref: string
}

interface LogLineView {
  readonly no: number
  readonly href: string
  readonly time: string
  readonly level: string
  readonly state: string
  /** The last word of it, which tells what the others do not. */
  readonly tag: string
  readonly wholeTag: string
  readonly text: string
}

/** The lines that level and search leave, a page of them. Numbers of lines are those of the whole log. */
export function logView(
  run: Run,
  log: RunLog | null,
  kept: 'kept' | 'gone' | 'damaged' | 'none',
  query: Readonly<Record<string, string>>,
  visit: Visit,
): LogView {
  const { words } = visit
  const all = log?.lines ?? []
  const level = LEVELS.find((one) => one === query['level'])
  const search = query['q'] ?? ''
  const numbered = all.map((line, index) => ({ line, no: index + 1 }))
  const found = numbered.filter(
    ({ line }) => (level === undefined || line.level === level) && holds(line, search.toLowerCase()),
  )
  const pages = Math.max(1, Math.ceil(found.length / LINES_A_PAGE))
  const page = Math.min(pages, Math.max(1, Number.parseInt(query['page'] ?? '1', 10) || 1))
  const path = `/runs/${runId(run.no)}`
  const at = (changed: Record<string, string | number>) =>
    `${visit.link(path, { level: level ?? '', q: search, ...changed })}#log`
  const shown = found.slice((page - 1) * LINES_A_PAGE, page * LINES_A_PAGE)

  return {
    note: noteOf(log, kept, words),
    levels: levelLinks(all, level, words, (one) => at({ level: one })),
    lines: shown.map(({ line, no }) => lineView(line, no, words)),
    search,
    level: level ?? '',
    found: search === '' ? '' : words.say('page.run.log.found', { count: found.length }),
    pager:
      pages === 1
        ? null
        : {
            previous: page > 1 ? at({ page: page - 1 }) : '',
            next: page < pages ? at({ page: page + 1 }) : '',
            sentence: words.say('page.pager', { page, pages }),
          },
    downloadHref: all.length === 0 ? '' : visit.link(`${path}/log.txt`),
  }
}

function holds(line: LogLine, search: string): boolean {
  return (
    search === '' ||
    line.text.toLowerCase().includes(search) ||
    (line.tag ?? '').toLowerCase().includes(search)
  )
}

function noteOf(log: RunLog | null, kept: 'kept' | 'gone' | 'damaged' | 'none', words: Words): string {
  if (log !== null && log.linesLeftOut > 0)
    return words.say('page.run.log.left-out', { count: log.linesLeftOut })
  if (log !== null && log.lines.length > 0) return ''
  return words.say(`page.run.log.${kept === 'kept' ? 'none' : kept}`)
}

function levelLinks(
  lines: readonly LogLine[],
  here: LogLevel | undefined,
  words: Words,
  link: (level: string) => string,
): LogView['levels'] {
  const counts = new Map<LogLevel, number>()
  for (const { level } of lines) counts.set(level, (counts.get(level) ?? 0) + 1)
  const all = {
    label: words.say('page.run.log.all'),
    count: lines.length,
    href: link(''),
    isHere: here === undefined,
  }
  const shown = LEVELS.filter((level) => counts.has(level) || level === 'warning' || level === 'error')
  return [
    all,
    ...shown.map((level) => ({
      label: words.say(`page.run.level.${level}`),
      count: counts.get(level) ?? 0,
      href: link(level),
      isHere: here === level,
    })),
  ]
}

function lineView(line: LogLine, no: number, words: Words): LogLineView {
  const state =
    line.level === 'error'
      ? 'failed'
      : line.level === 'warning' || line.level === 'retry'
        ? 'warning'
        : 'plain'
  return {
    no,
    href: `#L${no}`,
    time: line.at === null ? '' : words.clock(line.at),
    level: words.say(`page.run.level.one.${line.level}`),
    state,
    tag: (line.tag ?? '').slice((line.tag ?? '').lastIndexOf('.') + 1),
    wholeTag: line.tag ?? '',
    text: line.text,
  }
}

/** `GET /runs/:id/log.txt`: the whole log as plain text. */
export async function runLogText(ctx: Context, house: House): Promise<void> {
  const run = await readRun(ctx, house)
  const log = await house.store.log(run.no)
  if (log === null || log.lines.length === 0) throw new Failure('not-found', text('error.no-log'))
  ctx.type = 'text/plain; charset=utf-8'
  ctx.set('Content-Disposition', `attachment; filename="${runId(run.no)}.log.txt"`)
  ctx.set('X-Content-Type-Options', 'nosniff')
  ctx.body = log.lines
    .map((line) =>
      [line.at ?? '', line.level, line.tag ?? '', line.text].filter((part) => part !== '').join(' '),
    )
    .join('\n')
}

/** `GET /runs/:id/raw.json`: the report as it came, masked, without its log lines. */
export async function runRaw(ctx: Context, house: House): Promise<void> {
  const run = await readRun(ctx, house)
  const log = await house.store.log(run.no)
  if (log === null || log.raw === undefined || log.raw === null)
    throw new Failure('not-found', text('error.no-raw'))
  ctx.type = 'application/json; charset=utf-8'
  ctx.set('Content-Disposition', `attachment; filename="${runId(run.no)}.json"`)
  ctx.body = JSON.stringify(log.raw, null, 2)
}
