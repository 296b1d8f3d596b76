import type { Context } from 'koa'
import type { RunRow } from '../../domain/history.ts'
import { isBackup, orderOf, type Run, runId } from '../../domain/run.ts'
import { serverName } from '../../domain/server.ts'
import { duplicatiPage } from '../duplicati-page.ts'
import type { House } from '../house.ts'
import { sendPage, single } from '../send-page.ts'
import { shapeOfResult } from '../shape-of.ts'
import type { Visit } from '../visit.ts'
import { visitOf } from '../visit.ts'
import { warningsView } from '../watching/warnings-view.ts'
import { removeLinks } from './care/remove-links.ts'
import { readRun } from './read-run.ts'
import { changesOf } from './run-changes.ts'
import { operationName, ownFigureRows, phaseRows } from './run-figures.ts'
import { logView } from './run-log.ts'
import { runSentence } from './run-sentence.ts'
import { usualOf } from './run-usual.ts'
import { versionsOf } from './run-versions.ts'

/** `GET /runs/:id?level=&q=&page=`: what one run did, against the one before and the usual, and its log. */
export async function runPage(ctx: Context, house: House): Promise<void> {
  const visit = visitOf(ctx)
  const { words } = visit
  const run = await readRun(ctx, house)
  const state = house.store.state()
  const server = state.servers[run.serverId]
  const job = state.jobs[run.jobId]
  const near = neighbours(house.store.history.ofJob(run.jobId), run)
  const usual = usualOf(near.earlier)
  const log = await house.store.log(run.no)
  const serverLabel = server === undefined ? (run.identity.machineName ?? '') : serverName(server)
  const jobLabel = job?.name ?? run.identity.backupName ?? ''
  const at = orderOf(run)
  const title = words.say('page.run.title', { day: words.longDay(at), time: words.time(at) })

  sendPage(
    ctx,
    house,
    'pages/run',
    { title: `${title}, ${jobLabel}`, help: 'run' },
    {
      crumbs: [
        { href: visit.link('/'), label: words.say('nav.overview') },
        { href: visit.link(`/servers/${run.serverId}`), label: serverLabel },
        { href: visit.link(`/jobs/${run.jobId}`), label: jobLabel },
      ],
      heading: title,
      at,
      isBackup: isBackup(run),
      operation: operationName(run.operation, words),
      shape: shapeOfResult(run.result, words),
      sentence: runSentence(run, usual, words),
      doubts: run.doubts.map((doubt) => words.say(doubt)),
      exception: run.exception,
      changes: isBackup(run) ? changesOf(run, near.before, usual, words) : [],
      own: isBackup(run) ? [] : ownFigureRows(run.ownFigures, words),
      phases: phaseRows(run, words),
      versions: versionsOf(run, visit),
      facts: facts(run, words),
      warnings: warningsView(run, job, visit),
      log: logView(run, log, house.store.logState(run.no), single(ctx.query), visit),
      previous: linkTo(near.previous, visit),
      next: linkTo(near.next, visit),
      lastGood: linkTo(near.lastGood, visit),
      rawHref:
        log?.raw === undefined || log.raw === null ? '' : visit.link(`/runs/${runId(run.no)}/raw.json`),
      duplicatiHref: server === undefined ? '' : duplicatiPage(server),
      removes: removeLinks([{ what: 'run', id: runId(run.no) }], visit),
    },
  )
}

interface Neighbours {
  readonly previous: RunRow | null
  readonly next: RunRow | null
  /** The run before of the same kind: what it is compared with. */
  readonly before: RunRow | null
  readonly lastGood: RunRow | null
  /** Runs of the same operation before it, newest first. */
  readonly earlier: readonly RunRow[]
}

function neighbours(rows: readonly RunRow[], run: Run): Neighbours {
  const at = rows.findIndex((row) => row.no === run.no)
  const older = at < 0 ? [] : rows.slice(at + 1)
  const earlier = older.filter((row) => row.operation === run.operation && !row.dryRun)
  const isFine = (row: RunRow) => row.result === 'success' && !row.interrupted
  return {
    previous: older[0] ?? null,
    next: at > 0 ? (rows[at - 1] ?? null) : null,
    before: earlier.find((row) => !Number.isNaN(row.sourceBytes)) ?? earlier[0] ?? null,
    lastGood: run.result === 'success' ? null : (earlier.find(isFine) ?? null),
    earlier,
  }
}

function linkTo(row: RunRow | null, visit: Visit): { href: string; label: string } | null {
  if (row === null) return null
  return {
    href: visit.link(`/runs/${runId(row.no)}`),
    label: visit.words.moment(new Date(row.atMs)),
  }
}

/** Where the run comes from: small print for who looks into it. */
function facts(run: Run, words: Visit['words']): { label: string; value: string }[] {
  const row = (name: string, value: string | null) =>
    value === null || value === '' ? [] : [{ label: words.say(`page.run.fact.${name}`), value }]
  return [
    ...row('begin', run.begin === null ? null : words.full(run.begin)),
    ...row('end', run.end === null ? null : words.full(run.end)),
    ...row('received', words.full(run.received)),
    ...row('origin', words.say(`page.run.origin.${run.origin}`)),
    ...row('duplicati', run.duplicatiVersion),
    ...row('system', run.operatingSystem),
    ...row('destination', run.destinationType),
    ...row('id', runId(run.no)),
  ]
}
