import { DateTime } from 'luxon'

/** A machine as Duplicati speaks of it in a report. */
export interface PlannedMachine {
  readonly id: string
  readonly name: string
  readonly system: 'Linux' | 'Windows' | 'MacOS'
  readonly systemDetail: string
  readonly installation: string
  readonly version: string
  /** Zone of its clock: log lines and version lists are in its local time. */
  readonly zone: string
}

export interface PlannedJob {
  readonly backupId: string
  readonly name: string
  readonly destination: string
}

/** One run of the Backup operation, in the figures that a person would choose. */
export interface PlannedRun {
  readonly machine: PlannedMachine
  readonly job: PlannedJob
  readonly begin: Date
  readonly durationS: number
  readonly result: 'Success' | 'Warning' | 'Error' | 'Fatal'
  /** The next start by Duplicati's scheduler; null for a run started by hand. */
  readonly next: Date | null
  readonly sourceBytes: number
  readonly sourceFiles: number
  readonly addedFiles: number
  readonly addedBytes: number
  readonly modifiedFiles: number
  readonly modifiedBytes: number
  readonly deletedFiles: number
  readonly uploadedBytes: number
  readonly storedBytes: number
  /** Versions at the destination before this run, newest first, and those that retention takes away. */
  readonly versionsBefore: readonly Date[]
  readonly versionsDeleted: readonly Date[]
  readonly warnings: readonly string[]
  readonly errors: readonly string[]
  readonly exception: string | null
  /** `[total, free]` bytes at the destination; null where the backend tells nothing. */
  readonly quota: readonly [number, number] | null
  /** Exactly so many log lines; undefined: as many as the story gives. */
  readonly logLines?: number
}

export interface ReportDocument {
  readonly Data: Record<string, unknown>
  readonly Extra: Record<string, string | null>
  readonly LogLines: readonly string[]
  readonly Exception: string | null
}

const UNSET = '0001-01-01T00:00:00'

/** The JSON report that a current Duplicati sends for such a run: same keys in the same order. */
export function backupReport(run: PlannedRun): ReportDocument {
  const failed = run.exception !== null
  const statistics = backendStatistics(run)
  const nested = { statistics, version: run.machine.version }
  const end = new Date(run.begin.getTime() + run.durationS * 1000)
  const lines = run.logLines === undefined ? storyLines(run) : fillerLines(run, run.logLines)
  return {
    Data: {
      DeletedFiles: run.deletedFiles,
      DeletedFolders: 0,
      ModifiedFiles: run.modifiedFiles,
      ExaminedFiles: run.sourceFiles,
      OpenedFiles: run.addedFiles + run.modifiedFiles,
      AddedFiles: run.addedFiles,
      SizeOfModifiedFiles: run.modifiedBytes,
      SizeOfAddedFiles: run.addedBytes,
      SizeOfExaminedFiles: run.sourceBytes,
      SizeOfOpenedFiles: run.addedBytes + run.modifiedBytes,
      NotProcessedFiles: 0,
      AddedFolders: Math.floor(run.addedFiles / 12),
      TooLargeFiles: 0,
      FilesWithError: run.result === 'Error' ? run.errors.length : 0,
      TimestampChangedFiles: Math.floor(run.modifiedFiles / 4),
      ModifiedFolders: 0,
      ModifiedSymlinks: 0,
      AddedSymlinks: 0,
      DeletedSymlinks: 0,
      PartialBackup: false,
      Dryrun: false,
      MainOperation: 'Backup',
      CompactResults: failed ? null : compactResults(run, nested),
      VacuumResults: null,
      DeleteResults: failed ? null : deleteResults(run, nested),
      RepairResults: null,
      TestResults: failed ? null : testResults(run, nested),
      LockResults: null,
      RemoteSynchronizationResults: [],
      ParsedResult: run.result,
      Interrupted: false,
      Version: run.machine.version,
      EndTime: dotNetDate(end),
      BeginTime: dotNetDate(run.begin),
      Duration: timeSpan(run.durationS),
      MessagesActualLength: Math.max(
        0,
        lines.length - run.warnings.length - (failed ? 2 : run.errors.length),
      ),
      WarningsActualLength: run.warnings.length,
      ErrorsActualLength: failed ? 2 : run.errors.length,
      BackendStatistics: statistics,
    },
    Extra: extra(run.machine, run.job, 'Backup', run.next),
    LogLines: lines,
    Exception: run.exception,
  }
}

/** A verification (`Test`) or restore of a job, as `send-http-any-operation` makes Duplicati report it. */
export function otherReport(
  run: Pick<PlannedRun, 'machine' | 'job' | 'begin' | 'durationS'> & {
    readonly operation: 'Test' | 'Restore'
    readonly own: Record<string, unknown>
  },
): ReportDocument {
  const end = new Date(run.begin.getTime() + run.durationS * 1000)
  return {
    Data: {
      ...run.own,
      MainOperation: run.operation,
      ParsedResult: 'Success',
      Interrupted: false,
      Version: run.machine.version,
      EndTime: dotNetDate(end),
      BeginTime: dotNetDate(run.begin),
      Duration: timeSpan(run.durationS),
      MessagesActualLength: 2,
      WarningsActualLength: 0,
      ErrorsActualLength: 0,
    },
    Extra: extra(run.machine, run.job, run.operation, null),
    LogLines: [
      line(
        run,
        0,
        'Information',
        'Controller-StartingOperation',
        `The operation ${run.operation} has started`,
      ),
      line(
        run,
        run.durationS,
        'Information',
        'Controller-CompletedOperation',
        `The operation ${run.operation} has completed`,
      ),
    ],
    Exception: null,
  }
}

/** .NET `TimeSpan` in its constant form: `[d.]hh:mm:ss[.fffffff]`. */
export function timeSpan(seconds: number): string {
  const ticks = Math.round((seconds % 1) * 1e7)
  const whole = Math.floor(seconds)
  const days = Math.floor(whole / 86400)
  const clock = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
  return `${days > 0 ? `${days}.` : ''}${clock}${ticks > 0 ? `.${String(ticks).padStart(7, '0')}` : ''}`
}

function dotNetDate(at: Date): string {
  return at.toISOString().replace('Z', '0042Z')
}

function extra(
  machine: PlannedMachine,
  job: PlannedJob,
  operation: string,
  next: Date | null,
): Record<string, string | null> {
  return {
    OperationName: operation,
    'backup-name': job.name,
    'backup-id': job.backupId,
    'next-scheduled-run': next === null ? null : compactDate(next),
    'machine-id': machine.id,
    'machine-name': machine.name,
    'operating-system': machine.system,
    'installation-type': machine.installation,
    'destination-type': job.destination,
    'update-channel': 'Stable',
    'operating-system-detailed': machine.systemDetail,
    'destination-host-suffix': null,
  }
}

function compactDate(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
}

interface Nested {
  readonly statistics: Record<string, unknown>
  readonly version: string
}

function backendStatistics(run: PlannedRun): Record<string, unknown> {
  const failed = run.exception !== null
  const versions = run.versionsBefore.length - run.versionsDeleted.length + 1
  const files = Math.max(1, Math.ceil(run.storedBytes / 52_428_800)) * 2
  const put = Math.ceil(run.uploadedBytes / 52_428_800) * 2 + 1
  return {
    RemoteCalls: failed ? 0 : put + 6,
    BytesUploaded: run.uploadedBytes,
    BytesDownloaded: failed ? 0 : Math.min(run.storedBytes, 54_581_175),
    FilesUploaded: failed ? 0 : put,
    FilesDownloaded: failed ? 0 : 3,
    FilesDeleted: run.versionsDeleted.length,
    FoldersCreated: 0,
    RetryAttempts: 0,
    UnknownFileSize: 0,
    UnknownFileCount: 0,
    KnownFileCount: failed ? 0 : files,
    KnownFileSize: failed ? 0 : run.storedBytes,
    KnownFilesets: failed ? 0 : versions,
    LastBackupDate: failed ? UNSET : dotNetDate(run.begin),
    BackupListCount: failed ? 0 : versions,
    TotalQuotaSpace: failed || run.quota === null ? 0 : run.quota[0],
    FreeQuotaSpace: failed || run.quota === null ? 0 : run.quota[1],
    AssignedQuotaSpace: failed ? 0 : -1,
    ReportedQuotaError: false,
    ReportedQuotaWarning: false,
    MainOperation: 'Backup',
    ParsedResult: 'Success',
    Interrupted: false,
    Version: run.machine.version,
    EndTime: UNSET,
    BeginTime: dotNetDate(run.begin),
    Duration: '00:00:00',
    MessagesActualLength: 0,
    WarningsActualLength: 0,
    ErrorsActualLength: 0,
  }
}

function step(run: PlannedRun, nested: Nested, from: number, seconds: number): Record<string, unknown> {
  const begin = run.begin.getTime() + run.durationS * from * 1000
  return {
    ParsedResult: 'Success',
    Interrupted: false,
    Version: nested.version,
    EndTime: dotNetDate(new Date(begin + seconds * 1000)),
    BeginTime: dotNetDate(new Date(begin)),
    Duration: timeSpan(seconds),
    MessagesActualLength: 0,
    WarningsActualLength: 0,
    ErrorsActualLength: 0,
    BackendStatistics: nested.statistics,
  }
}

function compactResults(run: PlannedRun, nested: Nested): Record<string, unknown> {
  return {
    DeletedFileCount: 0,
    DownloadedFileCount: 0,
    UploadedFileCount: 0,
    DeletedFileSize: 0,
    DownloadedFileSize: 0,
    UploadedFileSize: 0,
    Dryrun: false,
    VacuumResults: null,
    MainOperation: 'Compact',
    ...step(run, nested, 0.9, 0.5),
  }
}

function deleteResults(run: PlannedRun, nested: Nested): Record<string, unknown> {
  return {
    DeletedSetsActualLength: run.versionsDeleted.length,
    DeletedSets: run.versionsDeleted.slice(0, 20).map((at, position) => ({
      Item1: run.versionsBefore.length - position,
      Item2: local(at, run.machine.zone).toFormat("yyyy-MM-dd'T'HH:mm:ssZZ"),
    })),
    Dryrun: false,
    MainOperation: 'Delete',
    CompactResults: compactResults(run, nested),
    ...step(run, nested, 0.9, 1.25),
  }
}

function testResults(run: PlannedRun, nested: Nested): Record<string, unknown> {
  const volume = (run.begin.getTime() / 1000).toString(16).padStart(32, 'a')
  return {
    MainOperation: 'Test',
    VerificationsActualLength: 3,
    Verifications: [
      { Key: `duplicati-${compactDate(run.begin)}.dlist.zip.aes`, Value: [] },
      { Key: `duplicati-i${volume}.dindex.zip.aes`, Value: [] },
      { Key: `duplicati-b${volume}.dblock.zip.aes`, Value: [] },
    ],
    ...step(run, nested, 0.92, run.durationS * 0.06),
  }
}

function storyLines(run: PlannedRun): string[] {
  const lines = [
    line(run, 0, 'Information', 'Controller-StartingOperation', 'The operation Backup has started'),
    line(run, 1, 'Information', 'BasicResults-BackendEvent', 'Backend event: List - Started: '),
    line(
      run,
      2,
      'Information',
      'BasicResults-BackendEvent',
      `Backend event: List - Completed:  (${(run.versionsBefore.length * 97 + 211).toLocaleString('en-US')} bytes)`,
    ),
  ]
  run.warnings.forEach((text, position) => {
    const at = 3 + (run.durationS * 0.7 * position) / run.warnings.length
    lines.push(line(run, at, 'Warning', 'Operation.Backup.FileEnumerationProcess-PathProcessingError', text))
  })
  if (run.exception === null) lines.push(...goodEnding(run))
  else {
    const { durationS, exception } = run
    lines.push(
      line(run, durationS, 'Error', 'Operation.BackupHandler-FatalError', `Fatal error\n${exception}`),
    )
    const failed = `The operation Backup has failed\n${exception}`
    lines.push(line(run, durationS, 'Error', 'Controller-FailedOperation', failed))
  }
  return lines
}

function goodEnding(run: PlannedRun): string[] {
  const volumes = Math.min(6, Math.ceil(run.uploadedBytes / 52_428_800))
  const lines: string[] = []
  for (let volume = 0; volume < volumes; volume++) {
    const name = `duplicati-b${(run.begin.getTime() + volume).toString(16).padStart(32, 'c')}.dblock.zip.aes`
    const at = run.durationS * (0.3 + 0.08 * volume)
    lines.push(
      line(
        run,
        at,
        'Information',
        'BasicResults-BackendEvent',
        `Backend event: Put - Completed: ${name} (49.97 MiB)`,
      ),
    )
  }
  const late = run.durationS * 0.9
  const policy = 'Operation.DeleteHandler:RetentionPolicyRemover'
  lines.push(
    line(run, late, 'Information', `${policy}-StartCheck`, 'Start checking if backups can be removed'),
    line(
      run,
      late,
      'Information',
      `${policy}-BackupList`,
      `Backups to consider: ${times(run, run.versionsBefore)}`,
    ),
    line(
      run,
      late,
      'Information',
      `${policy}-AllBackupsToDelete`,
      `All backups to delete: ${times(run, run.versionsDeleted)}`,
    ),
  )
  for (const text of run.errors) {
    lines.push(line(run, late, 'Error', 'Operation.Backup.FileBlockProcessor-FileProcessingFailed', text))
  }
  lines.push(
    line(
      run,
      run.durationS,
      'Information',
      'Controller-CompletedOperation',
      'The operation Backup has completed',
    ),
  )
  return lines
}

/** What each machine wrote: every version stands in the reports of many runs, and writing a date is slow. */
const written = new WeakMap<PlannedMachine, Map<number, string>>()

function times({ machine }: PlannedRun, moments: readonly Date[]): string {
  // As their cultures write it: German on Windows, American elsewhere.
  const layout = machine.system === 'Windows' ? 'dd.MM.yyyy HH:mm:ss' : 'M/d/yyyy h:mm:ss a'
  const known = written.get(machine) ?? new Map<number, string>()
  written.set(machine, known)
  const text = (at: Date) => {
    const found = known.get(at.getTime())
    if (found !== undefined) return found
    const made = local(at, machine.zone).toFormat(layout, { locale: 'en-US' })
    known.set(at.getTime(), made)
    return made
  }
  return moments.map(text).join(', ')
}

function fillerLines(run: PlannedRun, count: number): string[] {
  const at = run.begin.toISOString().slice(0, 19).replace('T', ' ')
  return Array.from(
    { length: count },
    (_, position) =>
      `${at} +00 - [Information-Duplicati.Library.Main.BasicResults-BackendEvent]: Backend event: Put - Completed: ` +
      `duplicati-b${(position * 7919 + run.sourceFiles).toString(16).padStart(32, '0')}.dblock.zip.aes (49.97 MiB)`,
  )
}

function line(
  run: Pick<PlannedRun, 'machine' | 'begin'>,
  afterS: number,
  level: string,
  tag: string,
  text: string,
): string {
  const at = local(new Date(run.begin.getTime() + afterS * 1000), run.machine.zone)
  return `${at.toFormat('yyyy-MM-dd HH:mm:ss')} ${at.toFormat('ZZ').slice(0, 3)} - [${level}-Duplicati.Library.Main.${tag}]: ${text}`
}

function local(at: Date, zone: string): DateTime {
  return DateTime.fromJSDate(at, { zone })
}
