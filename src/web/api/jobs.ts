import type { Context } from 'koa'
import type { Job } from '../../domain/job.ts'
import { runId } from '../../domain/run.ts'
import { serverName } from '../../domain/server.ts'
import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'
import { visitOf } from '../visit.ts'
import { absoluteLink } from './absolute-link.ts'
import { activeJobs, lastKnown } from './newest.ts'
import { noStore } from './no-store.ts'
import { secondsSince } from './seconds-since.ts'
import { standingNow } from './state-now.ts'

/** `GET /api/v1/jobs`: every job as one flat object, by server and name. Nothing in it is ever null. */
export async function jobs(ctx: Context, house: House): Promise<void> {
  await house.store.settled()
  const visit = visitOf(ctx)
  const listed = activeJobs(house.store.state()).map((job) => jobJson(house, visit, job))
  noStore(ctx)
  ctx.body = { jobs: listed.sort((one, other) => collator.compare(one.name, other.name)) }
}

const collator = new Intl.Collator('en', { numeric: true })

/** What we do not know is '' beside a ready text, or 0. */
function jobJson(house: House, visit: Visit, job: Job) {
  const { words } = visit
  const now = house.clock.now()
  const state = house.store.state()
  const server = state.servers[job.serverId]
  const named = server === undefined ? '' : serverName(server)
  const { lastRun, lastGood } = job.status
  const { state: current, because } = standingNow(state, job, now)
  const ago = (at: string | undefined) =>
    at === undefined ? words.say('api.never') : words.relative(at, now)
  const next = job.expectation?.dueAt ?? null
  return {
    id: job.id,
    server_id: job.serverId,
    server: named,
    job: job.name,
    name: `${named} · ${job.name}`,
    state: current,
    state_text: words.say(`api.state.${current}`),
    last_result: lastRun?.result ?? 'unknown',
    summary: `${words.say(`api.state.${current}`)} · ${ago(lastRun?.at)}`,
    because: words.say(because),
    reason: lastRun?.reason ?? '',
    last_backup: lastRun?.at ?? '',
    last_backup_text: ago(lastRun?.at),
    age_s: lastRun === null ? 0 : secondsSince(lastRun.at, now),
    last_success: lastGood?.at ?? '',
    last_success_text: ago(lastGood?.at),
    next_run: next ?? '',
    next_run_text: next === null ? words.say('api.not-expected') : words.relative(next, now),
    source_bytes: lastKnown(job, 'sourceBytes') ?? 0,
    source_files: lastKnown(job, 'sourceFiles') ?? 0,
    stored_bytes: lastKnown(job, 'storedBytes') ?? 0,
    uploaded_bytes: lastRun?.uploadedBytes ?? 0,
    versions: lastKnown(job, 'versions') ?? 0,
    duration_s: lastRun?.durationS ?? 0,
    warnings: lastRun?.warnings ?? 0,
    errors: lastRun?.errors ?? 0,
    last_run_id: lastRun === null ? '' : runId(lastRun.no),
    url: absoluteLink(house, visit, `/jobs/${job.id}`),
  }
}
