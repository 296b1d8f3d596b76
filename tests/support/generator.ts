import { DateTime } from 'luxon'
import { type Random, seededRandom } from './random.ts'
import {
  backupReport,
  otherReport,
  type PlannedJob,
  type PlannedMachine,
  type PlannedRun,
  type ReportDocument,
} from './report-document.ts'

/** A report and the moment at which it reached us. */
export interface TimedReport {
  readonly received: Date
  readonly document: ReportDocument
}

/** What the owner of the demonstration wrote about a server. */
export interface ServerNote {
  readonly machineId: string
  readonly alias: string
  readonly note: string
}

const DAY_S = 86_400
const GB = 1e9

/**
 * Six months of plausible history of 4 servers and 8 jobs, ending at `now`, oldest report first: Photos is
 * overdue, Home folder failed twice in a row, Frigate clips has warnings, Documents lost 38 % of its source, and
 * Paperless has only just begun. The same for the same seed and moment; of what came before `since` nothing is told.
 */
export function demoReports(options: {
  now: Date
  since?: Date
  seed?: number
  zone?: string
}): TimedReport[] {
  const zone = options.zone ?? 'local'
  const since = options.since ?? new Date(0)
  const reports = stories(DateTime.fromJSDate(options.now, { zone }), zone).flatMap((story, position) =>
    tell(story, seededRandom((options.seed ?? 1) * 1000 + position), since),
  )
  const arrived = [...reports, ...otherOperations(options.now, zone)].filter(
    ({ received }) => since <= received && received <= options.now,
  )
  return arrived.sort((one, other) => one.received.getTime() - other.received.getTime())
}

export const DEMO_NOTES: readonly ServerNote[] = [
  { machineId: machineId('nas'), alias: '', note: 'Synology DS920+ in the basement' },
  { machineId: machineId('homeassistant'), alias: '', note: 'This machine' },
  { machineId: machineId('anna'), alias: 'Anna’s laptop', note: 'Runs when it is at home' },
  { machineId: machineId('vps'), alias: '', note: 'Mail and web' },
]

/**
 * `count` daily reports spread evenly over `servers` × `jobs`, oldest first, ending at `until`; one in fifty has
 * warnings, one in a hundred failed. Lazy, so that 50 000 of them need no room.
 */
export function* benchReports(options: {
  count: number
  until: Date
  servers?: number
  jobs?: number
  /** Log lines of a report; only the last `count` reports have any where `linesOfLast` is given. */
  lines?: number
  linesOfLast?: { readonly count: number; readonly lines: number }
  seed?: number
}): Generator<TimedReport> {
  const cast = benchCast(options.servers ?? 20, options.jobs ?? 5)
  const random = seededRandom(options.seed ?? 7)
  for (let position = 0; position < options.count; position++) {
    const left = options.count - 1 - position
    const { machine, job, share } = at(cast, position % cast.length)
    const day = Math.floor(left / cast.length)
    const begin = new Date(options.until.getTime() - (day * DAY_S + 3600 + (1 - share) * 72_000) * 1000)
    const last = options.linesOfLast ?? { count: options.count, lines: options.lines ?? 20 }
    yield benchReport({ machine, job, begin, random, lines: left < last.count ? last.lines : 0 })
  }
}

/** One report of the bench; `begin` in whole seconds makes it a run of its own. */
export function benchReport(plan: {
  machine: PlannedMachine
  job: PlannedJob
  begin: Date
  random: Random
  lines: number
}): TimedReport {
  const luck = plan.random.next()
  const durationS = plan.random.between(60, 900)
  const failed = luck > 0.99
  const document = backupReport({
    ...plan,
    durationS,
    result: failed ? 'Fatal' : luck > 0.97 ? 'Warning' : 'Success',
    next: new Date(plan.begin.getTime() + DAY_S * 1000),
    ...figures(plan.random, 40 * GB, 30 * GB),
    versionsBefore: [],
    versionsDeleted: [],
    warnings: luck > 0.97 && !failed ? ['A file is locked by another process'] : [],
    errors: failed ? ['Fatal error'] : [],
    exception: failed ? 'System.IO.IOException: No route to host' : null,
    quota: [4_000_785_104_896, 2_911_103_918_080],
    logLines: plan.lines,
  })
  return { received: new Date(plan.begin.getTime() + durationS * 1000), document }
}

/** The machines and jobs of the bench; `share` (0 to 1) is when in the day a job runs. */
export function benchCast(
  servers: number,
  jobs: number,
): { machine: PlannedMachine; job: PlannedJob; share: number }[] {
  return Array.from({ length: servers * jobs }, (_, position) => {
    const server = Math.floor(position / jobs)
    return {
      machine: machine(`bench${server}`, `server-${String(server + 1).padStart(2, '0')}`, 'Linux', 'UTC'),
      job: {
        backupId: `DB-${(position % jobs) + 1}`,
        name: `Job ${(position % jobs) + 1}`,
        destination: 's3',
      },
      share: position / (servers * jobs),
    }
  })
}

interface Story {
  readonly machine: PlannedMachine
  readonly job: PlannedJob
  /** Planned starts, oldest first. */
  readonly starts: readonly Date[]
  readonly durationS: number
  readonly sourceFiles: number
  readonly source: { readonly from: number; readonly to: number }
  readonly stored: { readonly from: number; readonly to: number }
  readonly quota: readonly [number, number] | null
  /** Frames of retention in seconds: within `[age, every]` one version of each `every` is kept. */
  readonly keep: readonly (readonly [age: number, every: number])[]
  /** Versions from before the story begins. */
  readonly older?: readonly Date[]
  /** What happened `runsBeforeLast` the last start (0 is the last); everything else went well. */
  readonly events: ReadonlyMap<number, 'failed' | 'error' | 'missed' | 'warned' | 'shrunk'>
  readonly warning?: { readonly text: string; readonly times: number }
  readonly failure?: string
  readonly scheduled?: boolean
}

function stories(now: DateTime, zone: string): Story[] {
  const nas = machine('nas', 'NAS', 'Linux', zone)
  const home = machine('homeassistant', 'homeassistant', 'Linux', zone)
  const laptop = machine('anna', 'ANNA-LAPTOP', 'Windows', zone)
  const vps = machine('vps', 'vps-frankfurt', 'Linux', 'UTC')
  const fourHoursAgo = quarter(now.minus({ hours: 4 }))
  const lastHour = now.minus({ minutes: 38 }).startOf('minute')
  const three = now.startOf('day').plus({ hours: 3 })
  const hourly = { starts: dailyThenHourly(lastHour), keep: [[7 * DAY_S - 1800, 0] as const], quota: null }
  return [
    {
      machine: nas,
      job: job('DB-1', 'Photos', 'b2'),
      starts: daily(three.minus({ days: 4 }), 178),
      durationS: 7860,
      sourceFiles: 412_000,
      source: { from: 1253 * GB, to: 1421 * GB },
      stored: { from: 1804 * GB, to: 2050 * GB },
      quota: [3200 * GB, 1110 * GB],
      keep: [
        [7 * DAY_S, 0],
        [35 * DAY_S, 7 * DAY_S],
        [600 * DAY_S, 30 * DAY_S],
      ],
      older: monthsBefore(three.minus({ days: 182 }), 8),
      events: new Map([
        [3, 'failed'],
        [17, 'failed'],
        [2, 'warned'],
        [41, 'failed'],
        [42, 'failed'],
        [77, 'missed'],
        [103, 'failed'],
        [128, 'warned'],
        [150, 'failed'],
      ]),
      warning: {
        text: 'Error reported while accessing file: /volume1/photo/@eaDir/IMG_2201.jpg: file is locked by another process',
        times: 3,
      },
      failure: 'System.Net.Http.HttpRequestException: No connection could be made: host is not reachable',
    },
    {
      machine: nas,
      job: job('DB-2', 'Documents', 'webdavs'),
      starts: daily(fourHoursAgo, 182),
      durationS: 362,
      sourceFiles: 48_210,
      source: { from: 121 * GB, to: 138.9 * GB },
      stored: { from: 96 * GB, to: 118 * GB },
      quota: [4000 * GB, 2911 * GB],
      keep: [[30.5 * DAY_S, 0]],
      events: new Map([
        [0, 'shrunk'],
        [4, 'warned'],
        [61, 'missed'],
        [90, 'failed'],
      ]),
      warning: { text: 'Access denied while processing path: /volume1/documents/.lock', times: 1 },
      failure: 'Duplicati.Library.Interface.UserInformationException: The remote server answered 503',
    },
    {
      machine: nas,
      job: job('DB-5', 'Paperless', 'webdavs'),
      starts: [fourHoursAgo.plus({ minutes: 15 }).toJSDate()],
      durationS: 1908,
      sourceFiles: 9_120,
      source: { from: 12.7 * GB, to: 12.7 * GB },
      stored: { from: 9.8 * GB, to: 9.8 * GB },
      quota: [4000 * GB, 2911 * GB],
      keep: [[30 * DAY_S, 0]],
      events: new Map(),
    },
    {
      machine: home,
      job: job('DB-1', 'HA backups', 'onedrivev2'),
      starts: daily(quarter(now.minus({ hours: 1, minutes: 10 })), 181),
      durationS: 52,
      sourceFiles: 41,
      source: { from: 7.4 * GB, to: 9.3 * GB },
      stored: { from: 21 * GB, to: 27 * GB },
      quota: [1100 * GB, 822 * GB],
      keep: [[13.5 * DAY_S, 0]],
      events: new Map([
        [19, 'warned'],
        [22, 'failed'],
        [88, 'failed'],
      ]),
      warning: { text: 'Access denied while processing path: /backup/.storage.tmp', times: 1 },
      failure: 'System.Net.Sockets.SocketException: Name or service not known',
    },
    {
      machine: home,
      job: job('DB-2', 'Frigate clips', 'ssh'),
      starts: daily(quarter(now.minus({ hours: 2, minutes: 45 })), 181),
      durationS: 2480,
      sourceFiles: 38_400,
      source: { from: 292 * GB, to: 310 * GB },
      stored: { from: 320 * GB, to: 345 * GB },
      quota: null,
      keep: [[6.5 * DAY_S, 0]],
      events: new Map([
        [0, 'warned'],
        [1, 'warned'],
        [2, 'warned'],
        [3, 'warned'],
        [16, 'failed'],
        [26, 'failed'],
        [27, 'warned'],
        [60, 'warned'],
        [133, 'failed'],
      ]),
      warning: {
        text: 'Error reported while accessing file: /media/frigate/clips/front-door.mp4: file is locked by another process',
        times: 14,
      },
      failure:
        'Renci.SshNet.Common.SshConnectionException: An established connection was aborted by the server',
    },
    {
      machine: laptop,
      job: job('DB-1', 'Home folder', 'file'),
      starts: daily(quarter(now.minus({ hours: 11 })), 180),
      durationS: 191,
      sourceFiles: 181_340,
      source: { from: 187 * GB, to: 214 * GB },
      stored: { from: 160 * GB, to: 181 * GB },
      quota: [2000 * GB, 640 * GB],
      keep: [[18.6 * DAY_S, 0]],
      events: new Map([
        [0, 'failed'],
        [1, 'failed'],
        [8, 'missed'],
        [9, 'missed'],
        [33, 'missed'],
        [34, 'missed'],
        [35, 'missed'],
        [70, 'error'],
        [96, 'missed'],
        [140, 'missed'],
        [141, 'missed'],
      ]),
      failure:
        'Duplicati.Library.Interface.RemoteListVerificationException: The remote volume duplicati-b1f3.dblock.zip.aes is missing',
    },
    {
      machine: vps,
      job: job('DB-1', 'Mail', 's3'),
      ...hourly,
      durationS: 157,
      sourceFiles: 306_000,
      source: { from: 38 * GB, to: 44 * GB },
      stored: { from: 41 * GB, to: 52 * GB },
      events: new Map([
        [240, 'failed'],
        [431, 'warned'],
      ]),
      warning: { text: 'Access denied while processing path: /var/vmail/queue', times: 2 },
      failure: 'Amazon.S3.AmazonS3Exception: Please reduce your request rate.',
    },
    {
      machine: vps,
      job: job('DB-2', 'Databases', 's3'),
      ...hourly,
      starts: hourly.starts.map((start) => new Date(start.getTime() - 90_000)),
      durationS: 33,
      sourceFiles: 212,
      source: { from: 2.4 * GB, to: 3.1 * GB },
      stored: { from: 30 * GB, to: 38 * GB },
      events: new Map([[239, 'failed']]),
      failure: 'Amazon.S3.AmazonS3Exception: Please reduce your request rate.',
    },
  ]
}

/** Turns a story into its reports since then, keeping the list of versions as retention would. */
function tell(story: Story, random: Random, since: Date): TimedReport[] {
  const reports: TimedReport[] = []
  let versions: Date[] = [...(story.older ?? [])]
  story.starts.forEach((begin, position) => {
    const event = story.events.get(story.starts.length - 1 - position)
    if (event === 'missed') return
    const failed = event === 'failed'
    const progress = story.starts.length < 2 ? 1 : position / (story.starts.length - 1)
    const shrink = event === 'shrunk' ? 0.62 : 1
    const kept = failed ? versions : retained(versions, begin, story.keep)
    const versionsDeleted = versions.filter((version) => !kept.includes(version))
    const grown = grow(story.source, progress) * shrink * random.between(0.999, 1.001)
    const durationS = failed ? random.between(20, 240) : story.durationS * random.between(0.92, 1.09)
    const run: PlannedRun = {
      machine: story.machine,
      job: story.job,
      begin,
      durationS,
      result: failed ? 'Fatal' : event === 'error' ? 'Error' : event === 'warned' ? 'Warning' : 'Success',
      next: story.scheduled === false ? null : (story.starts[position + 1] ?? following(story, begin)),
      ...figures(random, grown, grow(story.stored, progress)),
      sourceBytes: failed ? 0 : Math.round(grown),
      sourceFiles: failed ? 0 : Math.round(story.sourceFiles * (0.9 + 0.1 * progress) * shrink),
      ...(event === 'shrunk' ? { deletedFiles: Math.round(story.sourceFiles * 0.38) } : {}),
      ...(failed ? NOTHING_DONE : {}),
      versionsBefore: versions,
      versionsDeleted,
      warnings:
        event === 'warned'
          ? Array.from({ length: story.warning?.times ?? 1 }, () => story.warning?.text ?? 'Warning')
          : [],
      errors: failed || event === 'error' ? [story.failure ?? 'Failed to process a path'] : [],
      exception: failed
        ? `${story.failure ?? 'System.Exception'}\n   at Duplicati.Library.Main.Controller.RunActionAsync`
        : null,
      quota: story.quota,
    }
    if (!failed) versions = [begin, ...kept]
    const late = Math.max(0, durationS) * 1000 + random.whole(400, 2500)
    const received = new Date(begin.getTime() + late)
    if (since <= received) reports.push({ received, document: backupReport(run) })
  })
  return reports
}

const NOTHING_DONE = {
  addedFiles: 0,
  addedBytes: 0,
  modifiedFiles: 0,
  modifiedBytes: 0,
  deletedFiles: 0,
  uploadedBytes: 0,
}

/** What changed in a usual run of such a size: most days little, some days much. */
function figures(random: Random, sourceBytes: number, storedBytes: number) {
  const busy = random.next() ** 3
  const addedBytes = Math.round(sourceBytes * (0.0004 + 0.006 * busy))
  const modifiedBytes = Math.round(addedBytes * random.between(0.05, 0.6))
  return {
    sourceBytes: Math.round(sourceBytes),
    sourceFiles: 20_000 + random.whole(0, 900),
    addedFiles: random.whole(3, 60) + Math.round(400 * busy),
    addedBytes,
    modifiedFiles: random.whole(1, 90),
    modifiedBytes,
    deletedFiles: random.whole(0, 30),
    uploadedBytes: Math.round((addedBytes + modifiedBytes) * random.between(0.55, 0.9)),
    storedBytes: Math.round(storedBytes * random.between(0.9985, 1.0015)),
  }
}

/** Versions that stay, newest first: in each frame one for every interval, counted from the oldest. */
function retained(versions: readonly Date[], now: Date, keep: Story['keep']): Date[] {
  const stay: Date[] = []
  let younger = 0
  for (const [age, every] of keep) {
    const frame = versions.filter((version) => {
      const old = (now.getTime() - version.getTime()) / 1000
      return old > younger && old <= age
    })
    let last = Number.NEGATIVE_INFINITY
    for (const version of [...frame].reverse()) {
      if (version.getTime() - last < (every - 3600) * 1000) continue
      stay.push(version)
      last = version.getTime()
    }
    younger = age
  }
  return stay.sort((one, other) => other.getTime() - one.getTime())
}

function otherOperations(now: Date, zone: string): TimedReport[] {
  const nas = machine('nas', 'NAS', 'Linux', zone)
  const documents = job('DB-2', 'Documents', 'webdavs')
  const begin = (days: number) => new Date(Math.floor(now.getTime() / 1000 - days * DAY_S - 5000) * 1000)
  const restore = {
    BrokenLocalFiles: [],
    BrokenRemoteFiles: [],
    RestoredFiles: 18,
    SizeOfRestoredFiles: 96_213_441,
    SizeOfRestoredData: 96_213_441,
    RestoredFolders: 2,
    RestoredSymlinks: 0,
    PatchedFiles: 0,
    DeletedFiles: 0,
    DeletedFolders: 0,
    DeletedSymlinks: 0,
    UnmodifiedFiles: 0,
    SizeOfUnmodifiedFiles: 0,
    RestorePath: '/volume1/restored',
    RecreateDatabaseResults: null,
  }
  const test = { VerificationsActualLength: 0, Verifications: [] }
  const plans = [
    { days: 58, operation: 'Restore' as const, own: restore, durationS: 74 },
    ...[12, 42, 72, 102, 132].map((days) => ({
      days,
      operation: 'Test' as const,
      own: test,
      durationS: 310,
    })),
  ]
  return plans.map((plan) => ({
    received: new Date(begin(plan.days).getTime() + (plan.durationS + 1) * 1000),
    document: otherReport({ machine: nas, job: documents, begin: begin(plan.days), ...plan }),
  }))
}

function following(story: Story, begin: Date): Date {
  const before = story.starts[story.starts.length - 2]
  return new Date(
    begin.getTime() + (before === undefined ? DAY_S * 1000 : begin.getTime() - before.getTime()),
  )
}

function daily(last: DateTime, count: number): Date[] {
  return Array.from({ length: count }, (_, position) => last.minus({ days: count - 1 - position }).toJSDate())
}

/** Once a day at first, every hour for the last three weeks: someone found a day too long. */
function dailyThenHourly(last: DateTime): Date[] {
  const hours = Array.from({ length: 504 }, (_, position) => last.minus({ hours: 503 - position }))
  const first = hours[0] ?? last
  return [...daily(first.minus({ days: 1 }), 160), ...hours.map((hour) => hour.toJSDate())]
}

function monthsBefore(at: DateTime, count: number): Date[] {
  return Array.from({ length: count }, (_, position) => at.minus({ months: position }).toJSDate())
}

function quarter(at: DateTime): DateTime {
  return at.startOf('hour').plus({ minutes: Math.floor(at.minute / 15) * 15 })
}

function grow(range: { from: number; to: number }, progress: number): number {
  return range.from + (range.to - range.from) * progress
}

function job(backupId: string, name: string, destination: string): PlannedJob {
  return { backupId, name, destination }
}

function machine(seed: string, name: string, system: PlannedMachine['system'], zone: string): PlannedMachine {
  const windows = system === 'Windows'
  return {
    id: machineId(seed),
    name,
    system,
    systemDetail: windows ? 'Microsoft Windows 11 Pro' : 'Debian GNU/Linux 13 (trixie)',
    installation: windows ? 'win-x64-gui.msi' : 'linux-x64-agent.deb',
    version: '2.3.0.4 (2.3.0.4_stable_2026-07-09)',
    zone,
  }
}

function machineId(seed: string): string {
  return seededRandom([...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7)).hex(32)
}

function at<T>(list: readonly T[], position: number): T {
  const found = list[position]
  if (found === undefined) throw new Error(`nothing at ${position}`)
  return found
}
