import { readFileSync } from 'node:fs'
import t from 'tap'
import { readExportedLog } from '../../src/duplicati/exported-log.ts'
import { isLiveStatus, readLiveStatus } from '../../src/duplicati/live-status.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/reports/${name}`, import.meta.url), 'utf8')

const LIVE = {
  operation: 'Backup',
  status: 'Running',
  startedUtc: '2026-09-01T01:00:00.4137182Z',
  reportedUtc: '2026-09-01T01:03:00Z',
  isCompleted: false,
  backendEvents: 4,
  progress: {
    phase: 'Backup_ProcessingFiles',
    progress: 0.42,
    filesProcessed: 1200,
    fileSizeProcessed: 5000000,
    fileCount: 48210,
    fileSize: 181673183234,
    countingFiles: false,
    currentFilename: '/home/me/secret plans.odt',
  },
  recentLogLines: ['a line'],
  metadata: {
    duplicatiVersion: '2.3.1.0',
    machineId: '4f1c2a5b7d8e49f0a1b2c3d4e5f60718',
    backupId: 'DB-3',
    backupName: 'Documents to NAS',
    machineName: 'office-pc',
    destinationType: 'webdavs',
    operatingSystem: 'Linux',
  },
}
const about = { heardAt: new Date('2026-09-01T01:03:01Z'), sender: '192.168.1.20' }

t.test('a live status is told apart from a report', async (t) => {
  t.ok(isLiveStatus(LIVE))
  t.ok(isLiveStatus({ status: 'Started', startedUtc: '' }))
  for (const other of [
    null,
    [],
    'x',
    {},
    { operation: 'Backup' },
    { startedUtc: 'x' },
    { ...LIVE, Data: {} },
  ])
    t.notOk(isLiveStatus(other), JSON.stringify(other))
  t.notOk(isLiveStatus(JSON.parse(fixture('success.json'))))
})

t.test('a live status tells what is running, how far it is and whose it is', async (t) => {
  t.same(readLiveStatus(LIVE, about), {
    identity: {
      machineId: '4f1c2a5b7d8e49f0a1b2c3d4e5f60718',
      machineName: 'office-pc',
      backupId: 'DB-3',
      backupName: 'Documents to NAS',
      sender: '192.168.1.20',
    },
    finished: false,
    failed: false,
    error: null,
    operatingSystem: 'Linux',
    destinationType: 'webdavs',
    running: {
      operation: 'Backup',
      startedAt: '2026-09-01T01:00:00.413Z',
      heardAt: '2026-09-01T01:03:01.000Z',
      phase: 'Backup_ProcessingFiles',
      progress: 0.42,
      bytesPerSecond: null,
      filesDone: 1200,
      filesTotal: 48210,
      bytesDone: 5000000,
      bytesTotal: 181673183234,
      source: 'live',
      status: 'running',
      taskId: null,
    },
  })
})

t.test('the end of a run is seen, and what went wrong is told without secrets', async (t) => {
  t.match(readLiveStatus({ ...LIVE, status: 'Completed' }, about), { finished: true, failed: false })
  t.match(readLiveStatus({ ...LIVE, isCompleted: true }, about), { finished: true, failed: false })
  t.match(readLiveStatus({ ...LIVE, status: 'Failed', errorMessage: 'ftp://me:pw@host is away' }, about), {
    finished: true,
    failed: true,
    error: 'ftp://***@host is away',
  })
})

t.test('odd live posts leave unknown what they do not tell', async (t) => {
  const counting = { ...LIVE, progress: { ...LIVE.progress, countingFiles: true, progress: 7 } }
  t.match(readLiveStatus(counting, about).running, { filesTotal: null, bytesTotal: null, progress: null })
  const bare = readLiveStatus(
    { startedUtc: 'x', status: 5, errorMessage: ' ', metadata: 3, progress: [] },
    about,
  )
  t.match(bare.running, {
    operation: 'Unknown',
    startedAt: '2026-09-01T01:03:01.000Z',
    phase: null,
    filesDone: null,
  })
  t.match(bare, { finished: false, error: null, identity: { machineId: null, backupName: null } })
})

t.test('an uploaded file is split into its runs', async (t) => {
  const row = { ID: 1, Timestamp: 1788224862, Type: 'Result', Message: fixture('success-database-row.json') }
  const kinds = (text: string) => readExportedLog(text).map(({ kind }) => kind)
  t.same(kinds(JSON.stringify([row, row], null, 2)), ['row', 'row'])
  t.same(kinds(JSON.stringify(row)), ['row'])
  t.same(kinds(`\ufeff${fixture('success.json')}`), ['report'])
  t.same(kinds(JSON.stringify(JSON.parse(fixture('success.json')), null, 2)), ['report'])
  t.same(kinds(JSON.stringify([JSON.parse(fixture('warning.json')), row, null, 5, []])), ['report', 'row'])
  t.same(kinds(`${fixture('success.json')}\n{"torn\n\n${fixture('warning.json')}\n`), ['report', 'report'])
  t.equal(kinds(fixture('every-operation-empty.jsonl')).length, 27)
  t.same(kinds(fixture('fatal.txt')), ['report'])
  t.same(kinds(fixture('fatal-2.0.6.json')), ['report'], 'an exception has a Message too, but is no row')
  const [item] = readExportedLog(JSON.stringify([row]))
  t.match(item, { kind: 'row', row: { ID: 1 } })
  for (const text of ['', ' \n', '[]', '[1,2]'])
    t.throws(() => readExportedLog(text), { code: 'invalid', text: { key: 'report.refused.export-empty' } })
  t.throws(() => readExportedLog('{"torn'), { code: 'invalid', text: { key: 'report.refused.not-json' } })
})
