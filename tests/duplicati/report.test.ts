import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { Failure } from '../../src/domain/failure.ts'
import { isGood, type RunResult } from '../../src/domain/run.ts'
import { readDatabaseRow } from '../../src/duplicati/database-row.ts'
import { OWN_FIGURE_NAMES } from '../../src/duplicati/own-figures.ts'
import { type ReadReport, type ReportAbout, readReport } from '../../src/duplicati/report.ts'

const folder = new URL('../fixtures/reports/', import.meta.url)
const english = JSON.parse(readFileSync(new URL('../../views/locales/en.json', import.meta.url), 'utf8'))

const ABOUT: ReportAbout = {
  contentType: null,
  receivedAt: new Date('2026-09-01T01:07:43Z'),
  sender: '192.168.1.20',
  zone: 'Europe/Berlin',
  logLimitBytes: 2 * 1024 * 1024,
  origin: 'report',
}

// biome-ignore lint/suspicious/noExplicitAny: documents are taken apart on purpose
type Doc = any

function fixture(name: string): Buffer {
  return readFileSync(new URL(name, folder))
}

function success(): Doc {
  return JSON.parse(fixture('success.json').toString())
}

function read(body: unknown, about: Partial<ReportAbout> = {}): ReadReport {
  const bytes =
    body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return readReport(bytes, { ...ABOUT, ...about })
}

/** The key of the refusal; fails the test where the report is taken. */
function refusal(body: unknown): string {
  try {
    read(body)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    if (error.code !== 'invalid') throw new Error(`code ${error.code}`)
    const sentence = english[error.text.key]
    if (typeof sentence !== 'string') throw new Error(`no sentence ${error.text.key}`)
    for (const [, name] of sentence.matchAll(/\{(\w+)/g)) {
      if (error.text.values?.[name ?? ''] === undefined && !/^(One|#)/.test(name ?? ''))
        throw new Error(`${error.text.key} lacks ${name}`)
    }
    return error.text.key.replace('report.refused.', '')
  }
  throw new Error('was taken')
}

function doubts(of: ReadReport): string[] {
  return of.arrival.doubts.map((doubt) => doubt.key.replace('report.doubt.', ''))
}

/** Every kept report is sound: what the next layer relies on, whatever came in. */
function checkSound({ arrival, log }: ReadReport): void {
  const wrong = (what: string) => {
    throw new Error(`${what}: ${JSON.stringify(arrival).slice(0, 2000)}`)
  }
  for (const at of [arrival.begin, arrival.end, arrival.nextScheduled, arrival.lastVersionAt]) {
    if (at !== null && new Date(at).toISOString() !== at) wrong(`moment ${at}`)
  }
  for (const [name, value] of Object.entries({ ...arrival.figures, ...arrival.ownFigures })) {
    if (value !== null && (!Number.isSafeInteger(value) || value < 0)) wrong(`figure ${name} ${value}`)
  }
  for (const name of ['warnings', 'errors', 'messages'] as const) {
    if (!Number.isSafeInteger(arrival[name]) || arrival[name] < 0) wrong(name)
  }
  for (const name of Object.values(arrival.identity)) {
    if (name !== null && (typeof name !== 'string' || name.trim() === '' || name.length > 1000))
      wrong('identity')
  }
  if (arrival.durationS !== null && !(arrival.durationS >= 0)) wrong('duration')
  if (typeof arrival.operation !== 'string' || arrival.operation === '') wrong('operation')
  if (arrival.firstWarnings.length > arrival.warnings || arrival.firstErrors.length > arrival.errors)
    wrong('count')
  for (const doubt of arrival.doubts) if (typeof english[doubt.key] !== 'string') wrong(doubt.key)
  if (/[\0\u0008\u001b]/.test(JSON.stringify([arrival, log]))) wrong('control sign')
}

t.test('every fixture is taken with the right result, counts and times', async (t) => {
  const expected: Record<string, [string, RunResult, number, number, number]> = {
    'success.json': ['Backup', 'success', 0, 0, 24],
    'success.txt': ['Backup', 'success', 0, 0, 24],
    'success.form': ['Backup', 'success', 0, 0, 24],
    'success-database-row.json': ['Backup', 'success', 0, 0, 24],
    'json-inside-a-form-field-of-another-name.form': ['Backup', 'success', 0, 0, 24],
    'warning.json': ['Backup', 'warning', 2, 0, 22],
    'warning.txt': ['Backup', 'warning', 2, 0, 22],
    'fatal.json': ['Backup', 'fatal', 0, 2, 1],
    'fatal.txt': ['Backup', 'fatal', 0, 2, 1],
    'fatal-2.0.6.json': ['Backup', 'fatal', 0, 1, 0],
    'fatal-2.0.6-windows-newlines.txt': ['Backup', 'fatal', 0, 1, 0],
    'interrupted-but-success-with-zero-counters.json': ['Backup', 'warning', 0, 0, 24],
    'partial-but-success.json': ['Backup', 'warning', 0, 0, 24],
    'exception-but-success.json': ['Backup', 'fatal', 0, 0, 24],
    'success-with-three-warnings.json': ['Backup', 'warning', 3, 0, 24],
    'no-result-but-exception.json': ['Backup', 'fatal', 0, 0, 0],
    'begin-never-set.json': ['Backup', 'success', 0, 0, 24],
    'operation-of-a-later-version.json': ['Defragment', 'success', 0, 0, 24],
    'sync-job.json': ['Sync', 'success', 0, 0, 3],
    'secrets-everywhere.json': ['Backup', 'success', 0, 0, 24],
    'retention-lines-of-a-container.json': ['Backup', 'success', 0, 0, 24],
    'json-written-as-a-text.txt': ['Backup', 'success', 0, 0, 24],
    'multipart.form': ['Backup', 'success', 0, 0, 24],
    'json-not-escaped-in-a-form.form': ['Backup', 'success', 0, 0, 24],
    'text-not-escaped-in-a-form.form': ['Backup', 'warning', 2, 0, 22],
    'no-result.txt': ['Backup', 'error', 0, 1, 0],
    'verify-with-lists.txt': ['Test', 'success', 0, 0, 1],
    'row-of-a-job-log.json': ['Backup', 'success', 0, 0, 24],
    'clock-of-quebec.json': ['Backup', 'warning', 1, 0, 24],
  }
  for (const name of readdirSync(folder)) {
    if (name === 'every-operation-empty.jsonl') continue
    const taken = read(fixture(name))
    const { operation, result, warnings, errors, messages } = taken.arrival
    t.same([operation, result, warnings, errors, messages], expected[name], name)
    checkSound(taken)
    t.same(structuredClone(taken), taken, 'it may go to another thread')
  }
  t.equal(readdirSync(folder).length - 1, Object.keys(expected).length)
})

t.test('a report tells its figures, times, quota, phases and machine', async (t) => {
  const { arrival, log } = read(fixture('success.json'))
  t.match(arrival, {
    identity: {
      machineId: '4f1c2a5b7d8e49f0a1b2c3d4e5f60718',
      machineName: 'office-pc',
      backupId: 'DB-3',
      backupName: 'Documents to NAS',
      sender: '192.168.1.20',
    },
    origin: 'report',
    parsedResult: 'Success',
    begin: '2026-09-01T01:00:00.413Z',
    end: '2026-09-01T01:07:42.903Z',
    durationS: 462.489,
    received: '2026-09-01T01:07:43.000Z',
    figures: {
      sourceBytes: 181673183234,
      sourceFiles: 48210,
      uploadedBytes: 54583639,
      storedBytes: 97203126340,
      storedFiles: 1893,
      versions: 17,
      addedFiles: 31,
      timestampChangedFiles: 3,
    },
    quota: { totalBytes: 4000785104896, freeBytes: 2911103918080, assignedBytes: null, full: false },
    duplicatiVersion: '2.3.0.4',
    operatingSystem: 'Debian GNU/Linux 13 (trixie)',
    destinationType: 'webdavs',
    updateChannel: 'Stable',
    nextScheduled: '2026-09-02T01:00:00.000Z',
    lastVersionAt: '2026-09-01T01:00:00.000Z',
    versionTimes: null,
    ownFigures: {},
    doubts: [],
  })
  t.same(
    arrival.phases.map(({ kind, result, durationS, figures }) => [kind, result, durationS, figures]),
    [
      ['retention', 'success', 1.33, { deleted_versions: 1 }],
      [
        'compact',
        'success',
        0.541,
        {
          deleted_files: 0,
          deleted_bytes: 0,
          downloaded_files: 0,
          downloaded_bytes: 0,
          uploaded_files: 0,
          uploaded_bytes: 0,
          freed_bytes: 0,
        },
      ],
      ['verify', 'success', 39.78, { verified_files: 3, damaged_files: 0 }],
    ],
  )
  t.same(arrival.phases[0]?.notes, ['2026-07-01T03:00:00+02:00'])
  t.match(log, {
    lines: [],
    linesLeftOut: 0,
    raw: { Data: { ExaminedFiles: 48210 }, Extra: { 'backup-id': 'DB-3' } },
  })
  t.notOk(Object.hasOwn(log.raw as object, 'LogLines'))
})

t.test('text, form and JSON tell the same run', async (t) => {
  const json = read(fixture('success.json')).arrival
  for (const name of ['success.txt', 'success.form', 'json-inside-a-form-field-of-another-name.form']) {
    const { arrival } = read(fixture(name), { contentType: 'text/plain' })
    t.same(arrival.identity, json.identity, name)
    t.equal(arrival.begin?.slice(0, 19), json.begin?.slice(0, 19), name)
    t.equal(arrival.durationS, json.durationS, name)
    t.equal(arrival.figures.sourceBytes, json.figures.sourceBytes, name)
  }
  const lines = read(fixture('success.txt')).log.lines
  t.equal(lines.length, 10)
  t.match(lines[0], {
    level: 'information',
    at: '2026-09-01T01:00:00.000Z',
    tag: 'Duplicati.Library.Main.Controller-StartingOperation',
    text: 'The operation Backup has started',
  })
})

t.test('a body is read whatever its framing, encoding and declared type', async (t) => {
  const json = fixture('success.json')
  const text = json.toString()
  const utf16 = Buffer.from(text, 'utf16le')
  const bodies: [string, Uint8Array, string | null][] = [
    ['declared as a form', json, 'application/x-www-form-urlencoded'],
    ['declared as text', json, 'text/plain; charset=latin1'],
    ['with a byte order mark', Buffer.from(`\ufeff${text}`), null],
    ['with blank lines around', Buffer.from(`\r\n  ${text}\n\n`), null],
    ['UTF-16 with mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), null],
    ['UTF-16 without mark', utf16, null],
    ['UTF-16 big end first', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]), null],
    ['UTF-16 big end first without mark', Buffer.from(utf16).swap16(), null],
    ['not escaped behind its name', Buffer.from(`message=${text.replace('office-pc', 'a&b=100%+')}`), null],
    ['with the zero that ends texts in C', Buffer.from(`${text}\r\n\0\0`), null],
    ['written as a JSON text', Buffer.from(JSON.stringify(text)), 'application/json'],
    ['written as a JSON text in a form', Buffer.from(`m=${encodeURIComponent(JSON.stringify(text))}`), null],
    ['escaped without a name', Buffer.from(encodeURIComponent(text)), null],
    ['escaped twice', Buffer.from(`message=${encodeURIComponent(encodeURIComponent(text))}`), null],
    ['not escaped, with a field behind it', Buffer.from(`message=${text}&user=me`), null],
    ['a view into a larger buffer', Buffer.concat([Buffer.from('xx'), json]).subarray(2), null],
  ]
  for (const [what, body, contentType] of bodies) {
    const { arrival } = read(body, { contentType })
    t.equal(arrival.identity.backupName, 'Documents to NAS', what)
    t.equal(arrival.result, 'success', what)
  }
  const named = text.replace('office-pc', 'Büro')
  t.equal(read(Buffer.from(named, 'latin1')).arrival.identity.machineName, 'Büro')
  t.equal(read(Buffer.from(named)).arrival.identity.machineName, 'Büro')
  const mixed = Buffer.concat([
    Buffer.from(named.slice(0, -20)),
    Buffer.from(',"x":"'),
    Buffer.from([0xfc]),
    Buffer.from('"}'),
  ])
  t.equal(refusal(mixed), 'not-json', 'a torn end is said')
  const cutName = Buffer.from(named.replace('Documents to NAS', 'Doku#mente'))
  cutName[cutName.indexOf('#')] = 0xc3
  t.equal(read(cutName).arrival.identity.machineName, 'Büro', 'one broken sign does not spoil the others')
  t.equal(
    read(Buffer.from(named, 'latin1'), { contentType: 'application/json; charset=ISO-8859-1' }).arrival
      .identity.machineName,
    'Büro',
  )
  const cyrillic = Buffer.from(text.replace('office-pc', 'C\u00d0\u00cf'), 'latin1')
  for (const [charset, name] of [
    ['windows-1251', 'CРП'],
    ['windows-9999', 'CÐÏ'],
    ['utf-8', 'CÐÏ'],
  ])
    t.equal(
      read(cyrillic, { contentType: `application/json; charset=${charset}` }).arrival.identity.machineName,
      name,
    )
  const form = `message=${encodeURIComponent(text).replace('office-pc', 'B%FCro')}`
  t.equal(read(form).arrival.identity.machineName, 'Büro')
  const beside = read(`machine-id=abc&message=${encodeURIComponent(fixture('warning.txt').toString())}`)
  t.equal(beside.arrival.identity.machineId, 'abc', 'extra form fields can name the machine')
})

t.test('what a sender did not escape stays as it was', async (t) => {
  const json = read(fixture('json-not-escaped-in-a-form.form'))
  t.match(json.log.lines, [{ at: '2026-09-01T01:02:11.000Z', text: '100% of R&D done' }])
  t.equal(json.arrival.lastVersionAt, '2026-09-01T01:00:00.000Z', 'a plus sign is one')
  const text = read(fixture('text-not-escaped-in-a-form.form'))
  t.match(text.log.lines, [{ at: '2026-09-01T01:02:11.000Z', level: 'warning' }])
})

t.test('a multipart form is read by what stands in it', async (t) => {
  const part = (name: string, value: string) =>
    `--b1\nContent-Type: text/plain\nContent-Disposition: form-data; name="${name}"\n\n${value}\n`
  const text = fixture('warning.txt').toString()
  t.match(read(`${part('machine-id', 'abc')}${part('message', text)}--b1--\n`).arrival, {
    result: 'warning',
    identity: { machineId: 'abc' },
  })
  t.equal(refusal('--b1\nContent-Disposition: form-data; name="x"\n'), 'form-empty')
  t.equal(refusal(`${part('message', 'hello')}--b1--`), 'not-a-report-text')
})

t.test('a row of a job log tells its result, and what was thrown where that stands beside', async (t) => {
  const row = JSON.parse(fixture('row-of-a-job-log.json').toString())
  t.equal(read(row).log.lines.length, 20)
  t.match(read({ ...row, Exception: 'System.Exception: it broke' }).arrival, {
    result: 'fatal',
    exception: 'System.Exception: it broke',
  })
  t.equal(refusal({ ...row, Message: 'text' }), 'data-missing')
  t.equal(refusal({ ...row, Message: '{' }), 'not-json')
})

t.test('the keys of a template written in capitals name the job too', async (t) => {
  const identity = (Extra: Doc) => read({ ...success(), Extra }).arrival.identity
  t.match(identity({ 'Machine-ID': 'm', 'BACKUP-NAME': 'Docs', 'Backup-Id': 'DB-3', other: 1 }), {
    machineId: 'm',
    backupName: 'Docs',
    backupId: 'DB-3',
  })
  t.match(identity({ 'backup-name': 'Docs', 'Backup-Name': 'other' }), { backupName: 'Docs' })
  t.match(identity({ x: 1 }), { backupName: null })
})

t.test('what is no report is refused with what is missing', async (t) => {
  const refused: [unknown, string][] = [
    ['', 'empty'],
    [' \n\ufeff ', 'empty'],
    ['{', 'not-json'],
    ['null', 'null'],
    ['12', 'plain'],
    ['true', 'plain'],
    ['"a report"', 'plain'],
    ['[]', 'list'],
    [[success()], 'list'],
    ['{}', 'nothing-in-it'],
    ['['.repeat(100_000) + ']'.repeat(100_000), 'too-deep'],
    ['['.repeat(100_000), 'too-deep'],
    [`{"Data":{"MainOperation":"Backup","A":${'{"a":'.repeat(300)}1${'}'.repeat(300)}}}`, 'too-deep'],
    [{ Data: {} }, 'not-recognised'],
    [{ Data: { ParsedResult: 'Success' } }, 'not-recognised'],
    [{ Data: { ParsedResult: 'Success', BeginTime: '0001-01-01T00:00:00' } }, 'not-recognised'],
    [{ Data: 'text' }, 'data-not-object'],
    [{ Data: [1] }, 'data-not-object'],
    [{ Data: 3 }, 'data-not-object'],
    [{ Extra: success().Extra }, 'data-missing'],
    [{ __proto__: null, constructor: 1, LogLines: ['x'] }, 'data-missing'],
    [{ Data: null, Extra: { 'backup-name': 'x' } }, 'data-null'],
    ['message=', 'form-empty'],
    [JSON.stringify('{'), 'not-json'],
    [`"{${'x'.repeat(2000)}`, 'not-a-report-text'],
    ['%7B%7D', 'nothing-in-it'],
    ['message=hello', 'not-a-report-text'],
    ['message=%7B', 'not-json'],
    ['<html>Backup done</html>', 'not-a-report-text'],
    ['Everything went well: trust me', 'not-a-report-text'],
    [{ operation: 'Backup', status: 'Started', startedUtc: '2026-09-01T01:00:00Z' }, 'live-status'],
  ]
  for (const [body, key] of refused) t.equal(refusal(body), key)
})

t.test('a result without identity is taken and says so', async (t) => {
  for (const line of fixture('every-operation-empty.jsonl').toString().trim().split('\n')) {
    const { resultClass, payload } = JSON.parse(line)
    const taken = read(payload, { receivedAt: new Date('2026-11-22T04:43:00Z') })
    t.equal(taken.arrival.operation, payload.Data.MainOperation, resultClass)
    t.equal(taken.arrival.result, 'success', resultClass)
    t.match(taken.arrival, {
      end: null,
      durationS: null,
      figures: { storedBytes: null, versions: null },
      quota: null,
    })
    t.same(doubts(taken), ['unidentified'], resultClass)
    checkSound(taken)
    read(payload.Data)
  }
  t.equal(
    read({ Data: { ParsedResult: 'Success', EndTime: '2026-09-01T01:00:00Z' } }).arrival.operation,
    'Unknown',
  )
})

t.test('every operation has its own figures, with units in their names', async (t) => {
  const cases: [string, Doc, Record<string, number>][] = [
    [
      'Restore',
      {
        RestoredFiles: 5,
        SizeOfRestoredFiles: 900,
        BrokenLocalFiles: ['a', 'b'],
        RestorePath: '/x',
        CachePressureEvictions: 2,
      },
      { restored_files: 5, restored_bytes: 900, broken_local_files: 2, cache_evictions: 2 },
    ],
    [
      'Test',
      {
        VerificationsActualLength: 3,
        Verifications: [
          { Key: 'a', Value: [] },
          { Key: 'b', Value: [{ Key: 'Missing', Value: 'c' }] },
        ],
      },
      { verified_files: 3, damaged_files: 1 },
    ],
    [
      'Compact',
      { DeletedFileCount: 4, DeletedFileSize: 1000, UploadedFileSize: 300 },
      { deleted_files: 4, deleted_bytes: 1000, uploaded_bytes: 300, freed_bytes: 700 },
    ],
    ['Delete', { DeletedSetsActualLength: 2 }, { deleted_versions: 2 }],
    ['Repair', { RecreateDatabaseResults: null }, {}],
    ['Vacuum', {}, {}],
    ['ListRemote', { Files: [{ Size: 5 }, { Size: -1 }, 3] }, { listed_files: 3, listed_bytes: 5 }],
    ['List', { Filesets: [1], Files: [1, 2] }, { listed_versions: 1, listed_files: 2 }],
    ['ListFilesets', { Filesets: [1, 2] }, { listed_versions: 2 }],
    ['ListFolder', { Entries: { TotalCount: 70, Items: [] } }, { listed_entries: 70 }],
    ['SearchFiles', { FileVersions: { TotalCount: 'many' } }, {}],
    ['ListAffected', { Files: [1], RemoteVolumes: [] }, { affected_files: 1, affected_volumes: 0 }],
    ['ListChanges', { AddedFiles: 2, CurrentSize: 9 }, { added_files: 2, current_bytes: 9 }],
    [
      'ListBrokenFiles',
      { BrokenFiles: [{ Item1: 1, Item3: [1, 2] }, { Item1: 2 }] },
      { broken_versions: 2, broken_files: 2 },
    ],
    [
      'PurgeFiles',
      { RemovedFileCount: 1, RewrittenFileLists: 2 },
      { removed_files: 1, rewritten_file_lists: 2 },
    ],
    [
      'PurgeBrokenFiles',
      { PurgeResults: { RemovedFileCount: 8 }, DeleteResults: { DeletedSetsActualLength: 1 } },
      { removed_files: 8, deleted_versions: 1 },
    ],
    ['PurgeBrokenFiles', {}, {}],
    ['SendMail', { Lines: ['sent'] }, { lines: 1 }],
    ['TestFilters', { FileCount: 5, FileSize: 6 }, { matched_files: 5, matched_bytes: 6 }],
    ['RestoreControlfiles', { Files: ['a'] }, { restored_control_files: 1 }],
    ['SetLock', { VolumesRead: 3, VolumesUpdated: 1 }, { read_volumes: 3, updated_volumes: 1 }],
    [
      'RemoteSynchronization',
      { CopiedFileCount: 3, FailedVerificationCount: 1 },
      { copied_files: 3, failed_verifications: 1 },
    ],
    ['Sync', { SourceFiles: 10, SizeOfUploadedFiles: 3 }, { source_files: 10, uploaded_bytes: 3 }],
    [
      'Defragment',
      { MovedBlocks: 7, SizeOfMoved: 9, HoleSize: 2, Odd: -1, 'odd key': 3 },
      { moved_blocks: 7, moved_bytes: 9, hole_bytes: 2 },
    ],
  ]
  for (const [operation, data, figures] of cases) {
    const { arrival } = read({ Data: { MainOperation: operation, ParsedResult: 'Success', ...data } })
    t.same(arrival.ownFigures, figures, operation)
  }
  for (const name of OWN_FIGURE_NAMES) t.type(english[`page.run.figure.${name}`], 'string', name)
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`Figure${at}`, at]))
  t.equal(Object.keys(read({ Data: { MainOperation: 'Later', ...many } }).arrival.ownFigures).length, 60)
  const sync = read(fixture('sync-job.json')).arrival
  t.match(sync.figures, { sourceBytes: 5000000, sourceFiles: 914, deletedFiles: 3, uploadedBytes: 54583639 })
})

t.test('nested results become phases, once each and in order', async (t) => {
  const doc = success()
  doc.Data.CompactResults = null
  doc.Data.VacuumResults = { ParsedResult: 'Success', BeginTime: 'never', EndTime: 'never', Duration: 'long' }
  doc.Data.RepairResults = { ParsedResult: 'Bananas', Interrupted: true }
  doc.Data.LockResults = { ParsedResult: 'Success', Interrupted: true, VolumesRead: 4 }
  doc.Data.TestResults.ParsedResult = 'Error'
  doc.Data.TestResults.Verifications[1].Value = [{ Key: 'Missing', Value: 'x.dblock' }, 'odd']
  doc.Data.RemoteSynchronizationResults = [
    {
      Destination: 'ftp://me:pw@host/x',
      CopiedFileCount: 2,
      ParsedResult: 'Success',
      BeginTime: '2026-09-01T01:07:00Z',
      EndTime: '2026-09-01T01:07:01Z',
    },
    'odd',
  ]
  const { arrival } = read(doc)
  t.same(
    arrival.phases.map(({ kind, result }) => [kind, result]),
    [
      ['retention', 'success'],
      ['compact', 'success'],
      ['sync', 'success'],
      ['verify', 'error'],
      ['vacuum', 'success'],
      ['repair', 'unknown'],
      ['lock', 'warning'],
    ],
  )
  t.equal(arrival.result, 'error', 'a step that failed is not passed over')
  t.same(arrival.phases.find(({ kind }) => kind === 'sync')?.notes, ['ftp://***@host/x'])
  t.equal(arrival.phases.find(({ kind }) => kind === 'sync')?.durationS, 1)
  t.match(arrival.phases.find(({ kind }) => kind === 'verify')?.notes, [
    /dindex\.zip\.aes: Missing x\.dblock, $/,
  ])
  const repair = read({
    Data: { MainOperation: 'Repair', RecreateDatabaseResults: { ParsedResult: 'Warning' } },
  }).arrival
  t.match(repair.phases, [{ kind: 'recreate', result: 'warning' }])
  const inner = (Data: Doc) => read({ Data }).arrival.phases.map(({ kind }) => kind)
  const compact = { ParsedResult: 'Success', VacuumResults: { ParsedResult: 'Success' } }
  t.same(inner({ MainOperation: 'Backup', CompactResults: 3, DeleteResults: { CompactResults: compact } }), [
    'retention',
    'compact',
    'vacuum',
  ])
  t.same(inner({ MainOperation: 'PurgeBrokenFiles', PurgeResults: { CompactResults: compact } }), [
    'purge',
    'compact',
    'vacuum',
  ])
  const many = read({
    Data: { MainOperation: 'Delete', DeleteResults: { DeletedSets: Array(50).fill({ Item2: 'x' }) } },
  })
  t.equal(many.arrival.phases[0]?.notes.length, 20)
})

t.test('success is not taken on trust', async (t) => {
  const results: [Doc, RunResult, boolean][] = [
    [{}, 'success', true],
    [{ Interrupted: true }, 'warning', false],
    [{ Interrupted: 'True' }, 'warning', false],
    [{ Interrupted: {} }, 'warning', false],
    [{ Interrupted: 'false' }, 'success', true],
    [{ Interrupted: 0 }, 'success', true],
    [{ PartialBackup: true }, 'warning', true],
    [{ WarningsActualLength: 1 }, 'warning', true],
    [{ Warnings: ['a'] }, 'warning', true],
    [{ FilesWithError: 2 }, 'warning', true],
    [{ FilesWithError: '2' }, 'warning', true],
    [{ ErrorsActualLength: 1 }, 'error', false],
    [{ Errors: ['a'] }, 'error', false],
    [{ ParsedResult: 'Error' }, 'error', false],
    [{ ParsedResult: 'Warning' }, 'warning', true],
    [{ ParsedResult: 'Warning', ErrorsActualLength: 1 }, 'error', false],
    [{ ParsedResult: 'Fatal' }, 'fatal', false],
    [{ ParsedResult: 'Success', Fatal: true }, 'fatal', false],
    [{ ParsedResult: 'Unknown' }, 'unknown', false],
    [{ ParsedResult: 'Unknown', ErrorsActualLength: 1 }, 'unknown', false],
    [{ ParsedResult: 'Bananas' }, 'unknown', false],
    [{ ParsedResult: 'Bananas', WarningsActualLength: 4, Interrupted: true }, 'unknown', false],
    [{ ParsedResult: {} }, 'unknown', false],
    [{ ParsedResult: null }, 'unknown', false],
    [{ ClassName: 'System.Exception', Message: 'x' }, 'fatal', false],
    [{ Exception: 'System.Exception: x' }, 'fatal', false],
  ]
  for (const [data, result, good] of results) {
    const doc = success()
    Object.assign(doc.Data, data)
    const { arrival } = read(doc)
    t.equal(arrival.result, result, JSON.stringify(data))
    t.equal(isGood(arrival), good, JSON.stringify(data))
  }
  const missing = success()
  delete missing.Data.ParsedResult
  t.equal(read(missing).arrival.result, 'unknown')
  t.same(doubts(read(missing)), ['result-missing'])
  const aborted = {
    Data: { ClassName: 'Duplicati.Library.Interface.OperationAbortException', Message: 'Script said so' },
  }
  t.match(read({ ...aborted, Extra: { OperationName: 'Backup' } }).arrival, {
    interrupted: true,
    result: 'fatal',
  })
  t.equal(
    read({ Data: null, Extra: { OperationName: 'Backup' } }).arrival.result,
    'error',
    'no result is no success',
  )
  for (const exception of ['x', true, 3, ['x'], { ClassName: 'A', Message: 'b' }]) {
    t.equal(read({ ...success(), Exception: exception }).arrival.result, 'fatal', JSON.stringify(exception))
  }
  for (const exception of [null, '', ' ', false, {}, []]) {
    t.equal(read({ ...success(), Exception: exception }).arrival.result, 'success', JSON.stringify(exception))
  }
  t.match(read({ Exception: 'System.Exception: alone' }).arrival, { result: 'fatal', operation: 'Unknown' })
})

t.test('an exception is told with what caused it', async (t) => {
  const { arrival, log } = read(fixture('fatal-2.0.6.json'))
  t.match(
    arrival.exception,
    /^Duplicati\.Library\.Interface\.FolderMissingException: The folder \/backup does not exist\n ---> System\.Net\.WebException: .*\n {3}at Duplicati/,
  )
  t.match(arrival, {
    operation: 'Backup',
    begin: null,
    identity: { backupName: 'Documents to NAS', machineId: null },
  })
  t.match(log.lines, [{ level: 'error', at: '2021-09-01T01:00:30.000Z', text: /^Fatal error\nDuplicati/ }])
  t.same(doubts({ arrival, log }), ['begin-missing'])
  const bare = JSON.parse(fixture('fatal-2.0.6.json').toString()).Data
  t.equal(read(bare).arrival.result, 'fatal', 'also without envelope')
  t.equal(
    read({ Data: { ClassName: 'A', InnerException: { ClassName: 3 } } }).arrival.exception,
    'A: undefined\n ---> 3: undefined',
  )
  t.equal(read({ ...success(), Exception: 'x'.repeat(1e6) }).arrival.exception?.length, 4000)
  const text = read(fixture('fatal.txt'))
  t.match(text.arrival.exception, /^Duplicati.*\n ---> System\.Net\.Http/)
  t.equal(text.log.lines.length, 3, 'what its lists repeat of its log is kept once')
  t.match(read('Duplicati Backup report for X\n\nFailed: no\nmore').arrival, {
    result: 'fatal',
    exception: 'no\nmore',
  })
})

t.test('times that cannot be true are unknown, and the page can say why', async (t) => {
  const cases: [Doc, string | null, string | null, number | null, string[]][] = [
    [{}, '2026-09-01T01:00:00.413Z', '2026-09-01T01:07:42.903Z', 462.489, []],
    [
      { BeginTime: '2026-09-01T03:00:00.4137182+02:00' },
      '2026-09-01T01:00:00.413Z',
      '2026-09-01T01:07:42.903Z',
      462.489,
      [],
    ],
    [
      { BeginTime: '2026-09-01T06:30:00+0530' },
      '2026-09-01T01:00:00.000Z',
      '2026-09-01T01:07:42.903Z',
      462.489,
      [],
    ],
    [
      { BeginTime: '2026-09-01T03:00:00.413' },
      '2026-09-01T01:00:00.413Z',
      '2026-09-01T01:07:42.903Z',
      462.489,
      ['begin-guessed'],
    ],
    [{ BeginTime: null }, null, '2026-09-01T01:07:42.903Z', 462.489, ['begin-missing']],
    [{ BeginTime: '0001-01-01T00:00:00' }, null, '2026-09-01T01:07:42.903Z', 462.489, ['begin-missing']],
    [{ BeginTime: '1601-01-01T00:00:00Z' }, null, '2026-09-01T01:07:42.903Z', 462.489, ['begin-unusable']],
    [{ BeginTime: '2300-01-01T00:00:00Z' }, null, '2026-09-01T01:07:42.903Z', 462.489, ['begin-unusable']],
    [{ BeginTime: '9999-12-31T23:59:59Z' }, null, '2026-09-01T01:07:42.903Z', 462.489, ['begin-unusable']],
    [{ BeginTime: '2026-02-30T00:00:00Z' }, null, '2026-09-01T01:07:42.903Z', 462.489, ['begin-unusable']],
    [{ BeginTime: 1788224400 }, null, '2026-09-01T01:07:42.903Z', 462.489, ['begin-unusable']],
    [{ BeginTime: 'yesterday' }, null, '2026-09-01T01:07:42.903Z', 462.489, ['begin-unusable']],
    [{ BeginTime: 'y'.repeat(5000) }, null, '2026-09-01T01:07:42.903Z', 462.489, ['begin-unusable']],
    [
      { BeginTime: '2026-09-01T20:00:00Z' },
      '2026-09-01T20:00:00.000Z',
      null,
      462.489,
      ['begin-ahead', 'end-before-begin'],
    ],
    [{ EndTime: '2026-08-31T00:00:00Z' }, '2026-09-01T01:00:00.413Z', null, 462.489, ['end-before-begin']],
    [{ EndTime: '9999-12-31T23:59:59Z' }, '2026-09-01T01:00:00.413Z', null, 462.489, ['end-unusable']],
    [{ EndTime: 7 }, '2026-09-01T01:00:00.413Z', null, 462.489, ['end-unusable']],
    [{ EndTime: '0001-01-01T00:00:00', Duration: '00:00:00' }, '2026-09-01T01:00:00.413Z', null, null, []],
    [
      { Duration: 462 },
      '2026-09-01T01:00:00.413Z',
      '2026-09-01T01:07:42.903Z',
      462.49,
      ['duration-unusable'],
    ],
    [
      { Duration: 'long' },
      '2026-09-01T01:00:00.413Z',
      '2026-09-01T01:07:42.903Z',
      462.49,
      ['duration-unusable'],
    ],
    [
      { Duration: '-00:07:42' },
      '2026-09-01T01:00:00.413Z',
      '2026-09-01T01:07:42.903Z',
      462.49,
      ['duration-unusable'],
    ],
    [{ Duration: '00:00:00' }, '2026-09-01T01:00:00.413Z', '2026-09-01T01:07:42.903Z', 462.49, []],
    [{ Duration: null }, '2026-09-01T01:00:00.413Z', '2026-09-01T01:07:42.903Z', 462.49, []],
    [
      { Duration: '1.02:03:04.5' },
      '2026-09-01T01:00:00.413Z',
      '2026-09-01T01:07:42.903Z',
      462.49,
      ['duration-disagrees'],
    ],
    [{ Duration: '1.02:03:04.5', EndTime: null }, '2026-09-01T01:00:00.413Z', null, 93784.5, []],
    [
      { Duration: '99999.00:00:00', EndTime: null },
      '2026-09-01T01:00:00.413Z',
      null,
      null,
      ['duration-unusable'],
    ],
  ]
  for (const [data, begin, end, durationS, noted] of cases) {
    const doc = success()
    Object.assign(doc.Data, data)
    const taken = read(doc)
    t.same(
      [taken.arrival.begin, taken.arrival.end, taken.arrival.durationS],
      [begin, end, durationS],
      JSON.stringify(data),
    )
    t.same(doubts(taken), noted, JSON.stringify(data))
    checkSound(taken)
  }
})

t.test('a next run that was announced for before this one began is no announcement', async (t) => {
  const announced = (next: string) => {
    const doc = success()
    doc.Extra['next-scheduled-run'] = next
    return read(doc).arrival.nextScheduled
  }
  t.equal(announced('20260902T010000Z'), '2026-09-02T01:00:00.000Z')
  t.equal(announced('20260901T010001Z'), '2026-09-01T01:00:01.000Z')
  t.equal(announced('20260901T005959Z'), null)
  t.equal(announced('20200101T000000Z'), null)
})

t.test('the dates of text reports are read by the number in brackets, else as well as can be', async (t) => {
  const begin = (written: string, zone = 'Europe/Berlin') =>
    read(`MainOperation: Backup\nParsedResult: Success\nBeginTime: ${written}\n`, { zone }).arrival.begin
  t.equal(begin('23.02.2020 23:04:56 (1582495496)'), '2020-02-23T22:04:56.000Z')
  t.equal(begin('01/01/0001 00:00:00 (-62135596800)'), null)
  t.equal(begin('01/01/0001 00:00:00 (-62135600400)'), null)
  t.same(doubts(read('MainOperation: Backup\nBeginTime: 0001-01-01 00:00:00 (\u221262135596800)')).sort(), [
    'begin-missing',
    'result-missing',
    'unidentified',
  ])
  t.equal(begin('23.02.2018 23:04:56'), '2018-02-23T22:04:56.000Z')
  t.equal(begin('2/23/2018 11:04:56 PM', 'America/New_York'), '2018-02-24T04:04:56.000Z')
  t.equal(begin('3/2/2018 11:04:56 PM', 'UTC'), '2018-03-02T23:04:56.000Z')
  t.equal(begin('3/2/2018 23:04:56', 'UTC'), '2018-02-03T23:04:56.000Z')
  t.equal(begin('3/2/2018 13:04:56 PM', 'UTC'), null)
  t.equal(begin('2018-03-02 03:04:56', 'Not/AZone'), '2018-03-02T03:04:56.000Z')
  t.equal(begin('25.13.2018 03:04:56'), null)
  t.equal(begin('1.2.18 03:04:56'), null)
  t.equal(begin('1.2.2018 24:04:56'), null)
})

t.test('unreadable figures are unknown, and one sentence names them', async (t) => {
  for (const value of ['48210', -5, 1e308, 2 ** 53, null, {}, [], true, 1.5]) {
    const doc = success()
    doc.Data.ExaminedFiles = value
    doc.Data.BackendStatistics.BytesUploaded = value
    const { arrival } = read(doc)
    t.equal(arrival.figures.sourceFiles, null, String(value))
    t.equal(arrival.figures.uploadedBytes, null, String(value))
    t.equal(arrival.figures.sourceBytes, 181673183234)
    t.equal(arrival.result, 'success')
    if (value !== null) t.match(arrival.doubts, [{ key: 'report.doubt.figures', values: { count: 2 } }])
  }
  const doc = success()
  doc.Data.BackendStatistics = 'odd'
  t.match(read(doc).arrival, { figures: { storedBytes: null, versions: null }, quota: null })
  const huge = fixture('success.json').toString().replaceAll('4000785104896', '9223372036854775807')
  t.match(read(huge).arrival.quota, { totalBytes: null, freeBytes: 2911103918080 })
  const none = success()
  Object.assign(none.Data.BackendStatistics, {
    TotalQuotaSpace: -1,
    FreeQuotaSpace: -1,
    KnownFilesets: 5,
    BackupListCount: 0,
  })
  t.equal(read(none).arrival.quota, null)
  t.equal(read(none).arrival.figures.versions, 5, 'files at the destination where the local list is empty')
  none.Data.BackendStatistics.ReportedQuotaError = true
  t.match(read(none).arrival.quota, { full: true, nearlyFull: false, totalBytes: null })
})

t.test('counts are never below the lines that were seen', async (t) => {
  const lines = ['Warning', 'Warning', 'Error', 'Information', 'Retry'].map(
    (level, at) => `2026-09-01 03:00:0${at} +02 - [${level}-A.B-C]: line ${at}`,
  )
  for (const counter of [0, 1, '7', -1, null, {}]) {
    const doc = success()
    doc.LogLines = lines
    Object.assign(doc.Data, { WarningsActualLength: counter, ErrorsActualLength: counter })
    const { arrival } = read(doc)
    t.same([arrival.warnings, arrival.errors, arrival.result], [2, 1, 'error'], String(counter))
    t.same([arrival.firstWarnings, arrival.firstErrors], [['line 0', 'line 1'], ['line 2']])
  }
  const doc = success()
  doc.Data.Warnings = Array.from({ length: 30 }, (_, at) => `${at} ${'w'.repeat(900)}`)
  const { arrival } = read(doc)
  t.same([arrival.warnings, arrival.firstWarnings.length, arrival.firstWarnings[0]?.length], [30, 20, 500])
})

t.test('log lines are kept with level, time and tag, whatever list they stand in', async (t) => {
  const doc = success()
  doc.LogLines = [
    '2026-09-01 03:00:30 +02 - [Error-A.B.C-FatalError]: Fatal error\r\n   at Somewhere\r\n',
    '2026-09-01 03.00.31 +02:30 - [DryRun-A.B-C]: would do\u0000\u001b[31m',
    '2026-09-01 03:00:29 -03 - [ExplicitOnly-A-B]: said',
    '[Retry-A.B-C]: again',
    '2026-13-01 03:00:30 +02 - [Profiling-A.B-C]: odd month',
    'no head at all',
    '... and 12 more',
    '',
    null,
    { Message: 'an object' },
    7,
  ]
  t.same(read(doc).log.lines, [
    {
      level: 'error',
      at: '2026-09-01T01:00:30.000Z',
      tag: 'A.B.C-FatalError',
      text: 'Fatal error\n   at Somewhere',
    },
    { level: 'dry-run', at: '2026-09-01T00:30:31.000Z', tag: 'A.B-C', text: 'would do[31m' },
    { level: 'other', at: '2026-09-01T06:00:29.000Z', tag: 'A-B', text: 'said' },
    { level: 'retry', at: null, tag: 'A.B-C', text: 'again' },
    { level: 'profiling', at: null, tag: 'A.B-C', text: 'odd month' },
    { level: 'other', at: null, tag: null, text: 'no head at all' },
    { level: 'other', at: null, tag: null, text: '... and 12 more' },
    { level: 'other', at: null, tag: null, text: '{"Message":"an object"}' },
    { level: 'other', at: null, tag: null, text: '7' },
  ])
  const texts = (lines: unknown) => read({ ...success(), LogLines: lines }).log.lines.map(({ text }) => text)
  t.same(texts('one\ntwo'), ['one', 'two'])
  t.same(
    texts('2026-09-01 03:00:30 +02 - [Error-A-B]: a\r\n  b\r\n2026-09-01 03:00:30 +02 - [Error-A-B]: c'),
    ['a\n  b', 'c'],
  )
  t.same(texts({ a: 1 }), ['{"a":1}'])
  t.same(texts(5), ['5'])
  t.same(texts(true), ['true'])
  t.same(texts(null), [])
  const lines = read(fixture('success-database-row.json')).log.lines
  t.equal(lines.length, 20, 'a list may say the same twice')
})

t.test('log lines of half-hour zones lose their minutes, and get them back in that zone', async (t) => {
  const at = (zone: string, head: string) =>
    read({ ...success(), LogLines: [`${head} - [Error-A-B]: x`] }, { zone }).log.lines[0]?.at
  t.equal(at('Asia/Kolkata', '2026-09-01 06:30:00 +05'), '2026-09-01T01:00:00.000Z')
  t.equal(at('America/St_Johns', '2026-08-31 22:30:00 -02'), '2026-09-01T01:00:00.000Z')
  t.equal(at('Asia/Kolkata', '2026-09-01 06:30:00 +05:00'), '2026-09-01T01:30:00.000Z')
  t.equal(at('Asia/Kolkata', '2026-09-01 03:00:00 +02'), '2026-09-01T01:00:00.000Z')
  t.equal(at('Europe/Berlin', '2026-09-01 06:30:00 +05'), '2026-09-01T01:30:00.000Z')
})

t.test('log lines are timed whatever clock and calendar the language of the machine has', async (t) => {
  const at = (head: string) =>
    read({ ...success(), LogLines: [`${head} - [Retry-A.B-C]: x`] }).log.lines[0]?.at ?? null
  t.equal(at('2026-09-01 03:02:11 +02'), '2026-09-01T01:02:11.000Z')
  t.equal(at('2026-09-01 03.02.11 +02'), '2026-09-01T01:02:11.000Z')
  t.equal(at('2026-08-31 21 h 02 h 11 -04'), '2026-09-01T01:02:11.000Z')
  t.equal(at('2569-09-01 08:02:11 +07'), '2026-09-01T01:02:11.000Z')
  t.equal(at('1405-06-10 04:32:11 +03'), null)
  const text =
    '2026-08-31 21 h 02 h 11 -04 - [Warning-A.B-C]: x\nmore\n2026-08-31 21 h 02 h 12 -04 - [Error-A.B-C]: y'
  t.match(read(`MainOperation: Backup\nLog data:\n${text}`).log.lines, [{ text: 'x\nmore' }, { text: 'y' }])
})

t.test('the lists of an operation are no fields of its result', async (t) => {
  const { arrival } = read(fixture('verify-with-lists.txt'))
  t.match(arrival, {
    result: 'success',
    parsedResult: 'Success',
    errors: 0,
    ownFigures: { verified_files: 2 },
  })
  const twice = read('MainOperation: Backup\nErrors: [\n    a\n]\nErrors: [\n    b\n]\nParsedResult: Error')
  t.match(twice.arrival, { result: 'error', firstErrors: ['a'] })
})

t.test('what several lists say is kept once, in order of time', async (t) => {
  const at = (second: number, level: string, text: string) =>
    `2026-09-01 03:00:0${second} +02 - [${level}-A-B]: ${text}`
  const doc = success()
  doc.LogLines = [`${at(3, 'Warning', 'w')}\nwith its exception`]
  Object.assign(doc.Data, {
    Messages: [at(1, 'Information', 'm'), at(5, 'Information', 'n'), 'bare'],
    Warnings: [at(3, 'Warning', 'w')],
    Errors: [at(2, 'Error', 'e')],
  })
  const { arrival, log } = read(doc)
  t.same(
    log.lines.map(({ level, text }) => `${level} ${text}`),
    ['information m', 'error e', 'warning w\nwith its exception', 'information n', 'information bare'],
  )
  t.same([arrival.warnings, arrival.errors], [1, 1])
  doc.Data.Messages = Array.from({ length: 6000 }, (_, n) => `line ${n}`)
  t.equal(read(doc).log.lines.length, 6002, 'very long mixed logs are left list by list')
})

t.test('a log that is too long keeps head and tail, and counts all of it', async (t) => {
  const doc = success()
  doc.LogLines = Array.from({ length: 500_000 }, (_, at) => `2026-09-01 03:00:10 +02 - [Warning-A-B]: ${at}`)
  const { arrival, log } = read(doc, { logLimitBytes: 100_000 })
  t.equal(arrival.warnings, 500_000)
  t.equal(log.lines[0]?.text, '0')
  t.equal(log.lines.at(-1)?.text, '499999')
  t.equal(log.lines.length + log.linesLeftOut, 500_000)
  t.ok(log.lines.length > 500 && log.lines.length < 2000)
  const long = read({ ...success(), LogLines: [`head${'é'.repeat(5e6)}tail`] })
  t.match(long.log.lines[0]?.text, /^head[é\n]*\n… \[49\d{5}\] …\né*tail$/)
  t.same(doubts(long), ['long-lines'])
  t.equal(read({ ...success(), LogLines: ['a', 'b'] }, { logLimitBytes: 10 }).log.linesLeftOut, 2)
  const crowd = read({ ...success(), LogLines: Array(100_000).fill('x') })
  t.ok(crowd.log.lines.length < 40_000, 'a million tiny lines cost as much as some large ones')
})

t.test('versions are read from the retention lines in every notation', async (t) => {
  const written: [string, string, string[]][] = [
    [
      '2024-11-21 09:00:00, 2024-11-20 09:00:05',
      'Europe/Berlin',
      ['2024-11-21T08:00:00.000Z', '2024-11-20T08:00:05.000Z'],
    ],
    ['2024.11.21 09:00:00', 'UTC', ['2024-11-21T09:00:00.000Z']],
    ['2024. 11. 21. 9:00:00', 'UTC', ['2024-11-21T09:00:00.000Z']],
    ['2024.11.21 PM 09:00:00', 'UTC', ['2024-11-21T21:00:00.000Z']],
    [
      '2024-11-21 오전 9:00:00, 2024-11-20 오후 12:00:00',
      'UTC',
      ['2024-11-21T09:00:00.000Z', '2024-11-20T12:00:00.000Z'],
    ],
    ['2024/11/21 09:00:00 PM', 'UTC', ['2024-11-21T21:00:00.000Z']],
    ['2024/11/21 09:00:00 p. m.', 'UTC', ['2024-11-21T21:00:00.000Z']],
    ['21/11/2024 09:00:00', 'UTC', ['2024-11-21T09:00:00.000Z']],
    ['21/11/2024 09.00.00', 'UTC', ['2024-11-21T09:00:00.000Z']],
    ['21.11.2024 9:00:00', 'UTC', ['2024-11-21T09:00:00.000Z']],
    ['1.2.2024 9:00:00', 'UTC', ['2024-02-01T09:00:00.000Z']],
    ['21-11-2024 09:00:00', 'UTC', ['2024-11-21T09:00:00.000Z']],
    ['11/21/2024 9:00:00\u202fAM', 'UTC', ['2024-11-21T09:00:00.000Z']],
    ['21/11/2024 9:00:00\u00a0am', 'UTC', ['2024-11-21T09:00:00.000Z']],
    ['2/3/2024 12:00:00 AM', 'UTC', ['2024-02-03T00:00:00.000Z']],
    ['02/03/2024 09:00:00', 'UTC', ['2024-03-02T09:00:00.000Z']],
    [
      '08/31/2026 03:00:00, 08/02/2026 03:00:00',
      'UTC',
      ['2026-08-31T03:00:00.000Z', '2026-08-02T03:00:00.000Z'],
    ],
    [
      '08/12/2026 03:00:00, 08/02/2026 03:00:00',
      'UTC',
      ['2026-08-12T03:00:00.000Z', '2026-08-02T03:00:00.000Z'],
    ],
    [
      '05/06/2025 03:00:00, 04/07/2025 03:00:00, 02/08/2025 03:00:00',
      'UTC',
      ['2025-05-06T03:00:00.000Z', '2025-04-07T03:00:00.000Z', '2025-02-08T03:00:00.000Z'],
    ],
    [
      '2024-11-21 09:00:00, nonsense, 2024-02-30 09:00:00, 2190-01-01 00:00:00',
      'UTC',
      ['2024-11-21T09:00:00.000Z'],
    ],
    [
      '2026/8/31 下午3:00:00, 2026/8/30 凌晨3:00:00',
      'UTC',
      ['2026-08-31T15:00:00.000Z', '2026-08-30T03:00:00.000Z'],
    ],
    ['2026年8月31日 上午3:00:00', 'UTC', ['2026-08-31T03:00:00.000Z']],
    ['31.08.2026 г. 15:00:00', 'UTC', ['2026-08-31T15:00:00.000Z']],
    ['2026-08-31 15 h 04 min 05 s', 'UTC', ['2026-08-31T15:04:05.000Z']],
    ['31/8/2569 15:00:00', 'UTC', ['2026-08-31T15:00:00.000Z']],
    ['31/8/2026 3:00:00 PTG', 'UTC', ['2026-08-31T15:00:00.000Z']],
    ['31.8.2026 3:00:00 m.d.', 'UTC', ['2026-08-31T15:00:00.000Z']],
    ['', 'UTC', []],
  ]
  for (const [list, zone, versions] of written) {
    const LogLines = [
      `[Information-A.DeleteHandler:RetentionPolicy-BackupList]: Backups to consider: ${list}`,
    ]
    t.same(read({ ...success(), LogLines }, { zone }).arrival.versionTimes, versions, list)
  }
  const LogLines = ['[Information-A-B]: Backups to consider: 1405/6/9 15:04:05, the day before']
  t.equal(read({ ...success(), LogLines }).arrival.versionTimes, null, 'none that can be read is not none')
  t.same(read(fixture('clock-of-quebec.json')).arrival.versionTimes, [
    '2026-09-01T00:00:00.000Z',
    '2026-08-31T01:00:01.000Z',
  ])
  const taken = read(fixture('retention-lines-of-a-container.json')).arrival
  t.same(taken.versionTimes, [
    '2026-08-31T01:00:00.000Z',
    '2026-08-30T01:00:01.000Z',
    '2026-08-01T01:00:00.000Z',
    '2026-01-05T02:00:00.000Z',
  ])
  const elsewhere = read(fixture('retention-lines-of-a-container.json'), { zone: 'Asia/Tokyo' }).arrival
  t.equal(
    elsewhere.versionTimes?.[0],
    '2026-08-31T01:00:00.000Z',
    'the offset of the line tells where its clock stood',
  )
  const own = {
    ...success(),
    LogLines: ['[Information-A-B]: Backups to consider: 2026-09-01 03:00:00, 2026-08-31 03:00:00'],
  }
  t.same(read(own).arrival.versionTimes, ['2026-08-31T01:00:00.000Z'], 'its own version is not among them')
})

t.test('a report says its operation somewhere, else it decides nothing', async (t) => {
  const operation = (Data: Doc, Extra: Doc = {}) => {
    const taken = read({
      Data: { ParsedResult: 'Success', BeginTime: '2026-09-01T01:00:00Z', ...Data },
      Extra,
    })
    return [taken.arrival.operation, doubts(taken).find((doubt) => doubt.startsWith('operation'))]
  }
  t.same(operation({ MainOperation: 'Backup' }), ['Backup', undefined])
  t.same(operation({}, { OperationName: 'Restore' }), ['Restore', undefined])
  t.same(operation({ MainOperation: 5, SizeOfExaminedFiles: 1 }), ['Backup', 'operation-guessed'])
  t.same(operation({ MainOperation: ' ' }), ['Unknown', 'operation-missing'])
})

t.test('text reports with a template of the owner are read too', async (t) => {
  const body = (head: string) => `${head}\n\n${fixture('warning.txt')}`
  const identity = (head: string) => read(body(head)).arrival.identity
  t.match(identity('Duplicati Backup report for A (b), c (, )'), {
    backupName: 'A (b), c',
    machineId: null,
    backupId: null,
  })
  t.match(identity('Duplicati Backup report for A (id1, DB-7)'), {
    backupName: 'A',
    machineId: 'id1',
    backupId: 'DB-7',
    machineName: null,
  })
  t.match(identity('Duplicati Backup report for A (x) (id1, DB-7, pc, two)'), {
    backupName: 'A (x)',
    machineName: 'pc, two',
  })
  t.match(identity('Duplicati Backup report for A (machine of my own, DB-7, pc)'), {
    backupName: 'A',
    machineId: 'machine of my own',
    backupId: 'DB-7',
  })
  t.match(identity('Duplicati Backup report for A (not, ids, here)'), {
    backupName: 'A (not, ids, here)',
    machineId: null,
  })
  t.match(identity('machine-id: id2\nbackup-id: DB-8\nbackup-name: B'), {
    machineId: 'id2',
    backupId: 'DB-8',
    backupName: 'B',
  })
  t.match(identity('Hello'), { backupName: null })
  const odd = read(
    'MainOperation: Restore\nParsedResult: Success\nRestoredFiles: 12345678901234567890123\nBrokenLocalFiles: [\n    /a,\n    /b\n]\nLimitedErrors: [\n    first,\n    second\n  of two lines\n...\n]',
  )
  t.match(odd.arrival, {
    operation: 'Restore',
    errors: 2,
    result: 'error',
    ownFigures: { broken_local_files: 2 },
  })
  t.same(odd.arrival.firstErrors, ['first', 'second\n  of two lines'])
  t.equal(read(`${'header\n'.repeat(100)}MainOperation: Backup`).arrival.operation, 'Backup')
})

t.test('names are one line, visible, bounded and plain', async (t) => {
  const name = (value: unknown) =>
    read({ ...success(), Extra: { ...success().Extra, 'backup-name': value, 'machine-id': value } }).arrival
      .identity
  for (const value of [null, '', '  ', '\u200b\u200e', '\0', 5, true, {}, ['x']]) {
    t.match(name(value), { backupName: null, machineId: null }, JSON.stringify(value))
  }
  t.equal(name('a\0b\u001bc\nd\ud800e\u0085').backupName, 'abc d\ufffde')
  for (const value of [
    '__proto__',
    'constructor',
    '<script>alert(1)</script>',
    '../..//host/path%00?x=1#y',
    'ägypten 🐫 \u202etxt',
    'a:b/c,d',
  ]) {
    t.equal(name(value).backupName, value)
  }
  const long = name('x'.repeat(1e6))
  t.equal(long.backupName?.length, 1000)
  t.equal(long.machineId?.length, 200)
  t.not(name(`${'x'.repeat(1e6)}y`).machineId, long.machineId, 'different ids stay different')
  t.equal(/\p{Surrogate}/u.test(name('🐫'.repeat(1000)).machineId ?? ''), false)
  const proto = read(
    '{"Data":{"MainOperation":"Backup","__proto__":{"ParsedResult":"Success"},"constructor":3},"Extra":{"__proto__":"x"}}',
  )
  t.equal(proto.arrival.result, 'unknown')
  t.equal(
    JSON.stringify(proto.log.raw),
    '{"Data":{"MainOperation":"Backup","__proto__":{"ParsedResult":"Success"},"constructor":3},"Extra":{"__proto__":"x"}}',
  )
})

t.test('the document is kept within bounds', async (t) => {
  const kept = (data: Doc) => read({ Data: { MainOperation: 'ListRemote', ...data } }).log.raw as Doc
  const files = kept({ Files: Array.from({ length: 5000 }, (_, at) => ({ Name: `f${at}`, Size: 1 })) })
  t.equal(files.Data.Files.length, 201)
  t.equal(files.Data.Files.at(-1), '… 4800')
  t.equal(kept({ Text: 'x'.repeat(1e6) }).Data.Text.length, 20_000)
  const wide = kept(
    Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`key${at}`, 'y'.repeat(20)])),
  )
  t.ok(JSON.stringify(wide).length < 600_000)
  t.equal(Object.keys(wide.Data).at(-1), '…')
  t.equal(Object.keys(kept({ ['k'.repeat(1000)]: 1 }).Data)[1]?.length, 200)
  t.match(JSON.stringify(kept({ Deep: JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) })), /\["…"\]/)
  t.ok(JSON.stringify(kept({ Lists: Array(200).fill(Array(200).fill('z'.repeat(100))) })).length < 600_000)
})

t.test('nothing that leaves the parser holds a secret', async (t) => {
  const doc = JSON.parse(fixture('secrets-everywhere.json').toString())
  doc.Exception = 'System.Exception: https://me:hunter2@nas/x?authid=hunter2'
  doc.Extra.token = 'hunter2'
  doc.Data.Warnings = ['Wrong password: hunter2']
  doc.Data.Errors = ['sftp://root:hunter2@host failed']
  doc.Extra['machine-name'] = 'pc ftp://a:hunter2@b'
  const taken = read(doc)
  t.notMatch(JSON.stringify(taken), 'hunter2')
  t.match(taken.arrival.exception, 'https://***@nas/x?authid=***')
  t.match(
    JSON.stringify(taken.log.raw),
    'webdavs://***@nas.example:5006/backup?auth-password=***&use-ssl=true',
  )
  const text = `Duplicati Backup report for X --passphrase=hunter2\nFailed: ftp://me:hunter2@host\nMainOperation: Backup\nRemoteUrl: ftp://me:hunter2@host`
  t.notMatch(JSON.stringify(read(text)), 'hunter2')
  t.notMatch(JSON.stringify(read(fixture('no-result-but-exception.json'))), /hunter2|v2/)
})

t.test('any field may be missing, null or of another type', async (t) => {
  const values = [undefined, null, {}, [], true, -1, 0, 'text', '1e308', 1e308, '', [[]], { a: 1 }]
  let count = 0
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
    const text = fixture(name).toString()
    const original = read(text).arrival.result
    for (const path of pathsOf(JSON.parse(text), DEEP.includes(name) ? 3 : 2)) {
      for (const value of values) {
        const doc = JSON.parse(text)
        setAt(doc, path, value)
        count++
        let taken: ReadReport
        try {
          taken = read(doc)
        } catch (error) {
          if (error instanceof Failure && error.code === 'invalid') continue
          throw new Error(`${name} ${path.join('.')} ${JSON.stringify(value)}`, { cause: error })
        }
        checkSound(taken)
        const { result } = taken.arrival
        const related = TELLING.includes(path.at(-1) ?? '') || path.length === 1
        if (original !== 'success' && result === 'success' && !related)
          t.fail(`${name} ${path.join('.')} ${JSON.stringify(value)} became a success`)
        if (path.join('.').match(/^(Data\.)?ParsedResult$/) && result === 'success')
          t.fail(`${name} is a success without its result (${JSON.stringify(value)})`)
      }
    }
  }
  t.ok(count > 5000, `${count} mutations`)
})

/** Fields that make a fixture what it is: without them it may well be a success. */
const TELLING = ['Interrupted', 'PartialBackup', 'WarningsActualLength', 'Exception']

/** Fixtures that differ from these in single fields are mutated down to the fields of the result only. */
const DEEP = ['success-database-row.json', 'fatal.json', 'fatal-2.0.6.json', 'sync-job.json']

function pathsOf(value: unknown, deepest: number, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || path.length === deepest) return []
  return Object.entries(value).flatMap(([key, member]) => [
    [...path, key],
    ...pathsOf(member, deepest, [...path, key]),
  ])
}

function setAt(doc: Doc, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce((inner, key) => inner[key], doc)
  if (value === undefined) delete parent[path.at(-1) ?? '']
  else parent[path.at(-1) ?? ''] = value
}

t.test('the order of fields does not matter', async (t) => {
  const turn = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turn)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, member]) => [key, turn(member)]),
    )
  }
  for (const name of ['success.json', 'fatal.json', 'warning.json']) {
    const { bodyHash: _, ...arrival } = read(fixture(name)).arrival
    const { bodyHash: __, ...turned } = read(turn(JSON.parse(fixture(name).toString()))).arrival
    t.same(turned, arrival, name)
  }
})

t.test('no text makes the parser fail in another way than by refusing', async (t) => {
  let seed = 20261122
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    return seed % below
  }
  const sources = readdirSync(folder).map((name) => fixture(name))
  const seen = { taken: 0, refused: 0 }
  for (let round = 0; round < 1500; round++) {
    const source = sources[random(sources.length)] ?? Buffer.alloc(0)
    const body = Buffer.from(source.subarray(0, random(4) === 0 ? random(source.length) : source.length))
    for (let changes = random(12); changes > 0; changes--) body[random(body.length || 1)] = random(256)
    try {
      checkSound(readReport(body, ABOUT))
      seen.taken++
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'invalid') throw error
      seen.refused++
    }
  }
  t.ok(seen.taken > 100 && seen.refused > 100, JSON.stringify(seen))
})

t.test('a row of the job database is read with the identity the caller knows', async (t) => {
  const identity = { machineId: 'm', machineName: 'n', backupId: 'DB-3', backupName: 'b', sender: null }
  const about = {
    receivedAt: new Date('2026-10-01T00:00:00Z'),
    zone: 'UTC',
    logLimitBytes: 1e6,
    origin: 'collected' as const,
  }
  const row = (more: Doc = {}) => ({
    ID: 152,
    OperationID: 77,
    Timestamp: 1788224862,
    Type: 'Result',
    Message: fixture('success-database-row.json').toString(),
    Exception: {},
    ...more,
  })
  const pushed = read(fixture('success.json')).arrival
  const pulled = readDatabaseRow(row(), identity, about)
  t.match(pulled?.arrival, {
    identity,
    origin: 'collected',
    result: 'success',
    begin: pushed.begin,
    figures: pushed.figures,
  })
  t.equal(pulled?.log.lines.length, 20)
  t.equal(readDatabaseRow(row({ Type: 'Message' }), identity, about), null)
  t.equal(readDatabaseRow(row({ Exception: 'boom' }), identity, about)?.arrival.result, 'fatal')
  t.equal(
    readDatabaseRow(row({ Message: `\ufeff${row().Message}` }), identity, about)?.arrival.result,
    'success',
  )
  const parsed = JSON.parse(row().Message)
  t.equal(
    readDatabaseRow(row({ Message: parsed, Type: undefined }), identity, about)?.arrival.result,
    'success',
  )
  parsed.EndTime = '0001-01-01T00:00:00'
  t.equal(readDatabaseRow(row({ Message: parsed }), identity, about)?.arrival.end, '2026-09-01T01:07:42.000Z')
  t.equal(readDatabaseRow(row({ Message: parsed, Timestamp: 'x' }), identity, about)?.arrival.end, null)
  for (const bad of [
    row({ Message: 'not JSON' }),
    row({ Message: undefined }),
    row({ Message: '{"a":1}' }),
    null,
    5,
  ]) {
    t.throws(() => readDatabaseRow(bad, identity, about), {
      code: 'invalid',
      text: { key: 'report.refused.row-not-result' },
    })
  }
})
