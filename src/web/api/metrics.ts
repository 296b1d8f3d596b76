import type { Context } from 'koa'
import type { Job } from '../../domain/job.ts'
import { JOB_STATES } from '../../domain/job.ts'
import { RUN_RESULTS } from '../../domain/run.ts'
import { serverName } from '../../domain/server.ts'
import type { State } from '../../domain/state.ts'
import { VERSION } from '../../kit/package-facts.ts'
import type { House } from '../house.ts'
import { exposition, type Family, labelText } from './exposition.ts'
import { activeJobs, lastKnown } from './newest.ts'
import { noStore } from './no-store.ts'
import { stateNow } from './state-now.ts'
import { totalsOf } from './totals.ts'

/** `GET /metrics`: for Prometheus, in its text format 0.0.4. */
export async function metrics(ctx: Context, house: House): Promise<void> {
  await house.store.settled()
  noStore(ctx)
  ctx.set('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  ctx.body = exposition([...overall(house), ...ofJobs(house), ...ofProcess()])
}

function overall(house: House): Family[] {
  const totals = totalsOf(house.store.state(), house.store.history, house.clock.now())
  const isWell = house.store.health().mode === 'ok'
  return [
    gauge('duplistatus_build_info', 'Version of the program; always 1.', [
      [labelText({ version: VERSION }), 1],
    ]),
    gauge('duplistatus_storage_writable', '1 while reports can be saved.', [['', isWell ? 1 : 0]]),
    gauge('duplistatus_servers', 'Servers that are watched.', [['', totals.servers]]),
    gauge(
      'duplistatus_jobs',
      'Jobs by their state now.',
      JOB_STATES.map((state) => [labelText({ state }), totals.byState[state]]),
    ),
    gauge('duplistatus_runs', 'Backup runs in the history.', [['', totals.backupRuns]]),
    gauge('duplistatus_incidents_open', 'Open incidents.', [['', totals.openIncidents]]),
  ]
}

type JobFigure = readonly [name: string, help: string, value: (job: Job) => number | null]

/** Times are seconds since 1970, as Prometheus has them; a sample is left out where nothing is known. */
const JOB_FIGURES: readonly JobFigure[] = [
  ['last_run_timestamp_seconds', 'Begin of the newest run.', (job) => seconds(job.status.lastRun?.at)],
  [
    'last_success_timestamp_seconds',
    'Begin of the newest good run.',
    (job) => seconds(job.status.lastGood?.at),
  ],
  ['expected_timestamp_seconds', 'When the next run is due.', (job) => seconds(job.expectation?.dueAt)],
  [
    'overdue_timestamp_seconds',
    'When the job counts as overdue.',
    (job) => seconds(job.expectation?.overdueAt),
  ],
  ['last_duration_seconds', 'How long the newest run took.', (job) => job.status.lastRun?.durationS ?? null],
  ['last_uploaded_bytes', 'Uploaded by the newest run.', (job) => job.status.lastRun?.uploadedBytes ?? null],
  ['last_warnings', 'Warnings of the newest run.', (job) => job.status.lastRun?.warnings ?? null],
  ['last_errors', 'Errors of the newest run.', (job) => job.status.lastRun?.errors ?? null],
  ['source_bytes', 'Size of the source as last known.', (job) => lastKnown(job, 'sourceBytes')],
  ['source_files', 'Files of the source as last known.', (job) => lastKnown(job, 'sourceFiles')],
  ['stored_bytes', 'Bytes at the destination as last known.', (job) => lastKnown(job, 'storedBytes')],
  ['versions', 'Versions that can be restored.', (job) => lastKnown(job, 'versions')],
]

function ofJobs(house: House): Family[] {
  const state = house.store.state()
  const now = house.clock.now()
  const jobs = activeJobs(state).map((job) => ({
    job,
    labels: jobLabels(state, job),
    current: stateNow(state, job, now),
  }))
  return [
    gauge(
      'duplistatus_job_state',
      '1 for the state that the job is in now, 0 for the others.',
      jobs.flatMap(({ labels, current }) =>
        JOB_STATES.map((word) => [`${labels},state="${word}"`, word === current ? 1 : 0] as const),
      ),
    ),
    gauge(
      'duplistatus_job_last_result',
      '1 for the result of the newest run, 0 for the others.',
      jobs.flatMap(({ labels, job }) =>
        RUN_RESULTS.map(
          (word) => [`${labels},result="${word}"`, word === job.status.lastRun?.result ? 1 : 0] as const,
        ),
      ),
    ),
    ...JOB_FIGURES.map(([name, help, value]) =>
      gauge(
        `duplistatus_job_${name}`,
        help,
        jobs.map(({ labels, job }) => [labels, value(job)] as const),
      ),
    ),
  ]
}

function ofProcess(): Family[] {
  const cpu = process.cpuUsage()
  return [
    gauge('process_resident_memory_bytes', 'Resident memory.', [['', process.memoryUsage.rss()]]),
    gauge('process_start_time_seconds', 'When the process started.', [
      ['', Math.round(performance.timeOrigin) / 1000],
    ]),
    {
      name: 'process_cpu_seconds_total',
      help: 'Processor time used.',
      type: 'counter',
      samples: [['', (cpu.user + cpu.system) / 1e6]],
    },
  ]
}

function gauge(name: string, help: string, samples: Family['samples']): Family {
  return { name, help, type: 'gauge', samples }
}

function jobLabels(state: State, job: Job) {
  const server = state.servers[job.serverId]
  const name = server === undefined ? '' : serverName(server)
  return labelText({ server: name, job: job.name, job_id: job.id })
}

function seconds(at: string | null | undefined): number | null {
  return at === null || at === undefined ? null : Date.parse(at) / 1000
}
