import t from 'tap'
import { fingerprint } from '../../src/domain/fingerprint.ts'
import type { Incident } from '../../src/domain/incident.ts'
import { acknowledge } from '../../src/domain/incident-actions.ts'
import type { Job } from '../../src/domain/job.ts'
import { jobState } from '../../src/domain/job-state.ts'
import { merged } from '../../src/domain/merging.ts'
import { muteWarning, unmuteWarning } from '../../src/domain/mute-warning.ts'
import { richer } from '../../src/domain/richer.ts'
import type { Run } from '../../src/domain/run.ts'
import { aRun, aState, daily, Reports, type Said } from './given.ts'

const SAME: readonly (readonly [string, string, string])[] = [
  [
    'another file',
    'Failed to process path: C:\\Users\\Ann Lee\\a.txt',
    'Failed to process path: C:\\Users\\Bob\\My tax 2025.pdf',
  ],
  [
    'another folder',
    'Failed to process path: /home/ann/x',
    'Failed to process path: /srv/data set/deep/y.bin',
  ],
  [
    'a quoted path',
    'Error reported while accessing "/a/b c" again',
    'Error reported while accessing "/other" again',
  ],
  ['a share', 'Cannot open \\\\nas\\photos\\1.jpg, in use', 'Cannot open \\\\nas\\films\\2.avi, in use'],
  ['another day', 'Since 2026-11-05 02:00:13 nothing', 'Since 2025-01-31T23:59:59Z nothing'],
  ['a date of a locale', 'Last on 11/5/2026 2:00:13 AM here', 'Last on 1/31/2025 11:59:59 AM here'],
  [
    'other numbers',
    'Found 3 remote files that are not recorded',
    'Found 1,204 remote files that are not recorded',
  ],
  ['other sizes', 'Size 4.3 GB is above 2 GB', 'Size 11,25 GB is above 10 GB'],
  [
    'another volume',
    'remote file duplicati-b0a1b2c3d4e5f60718293a4b5c6d7e8f9.dblock.zip.aes is listed',
    'remote file duplicati-bf9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4.dblock.zip.aes is listed',
  ],
  [
    'another list',
    'missing duplicati-20261105T010000Z.dlist.zip.aes',
    'missing duplicati-20250131T235959Z.dlist.zip.aes',
  ],
  [
    'another id',
    'task 3f2504e0-4f89-11d3-9a0c-0305e82c3301 ended',
    'task 9a0c4f89-0305-11d3-e82c-33013f2504e0 ended',
  ],
  ['another address', 'GET https://a.example.org/x?y=1 was slow', 'GET https://b.example.net/other was slow'],
  ['another stack', 'It broke\n   at A.B() in /x/y.cs:line 5', 'It broke\n   at C.D() in /z.cs:line 9'],
]

t.test('a warning is the same whatever file, day, number, id or address it names', async (t) => {
  for (const [what, one, other] of SAME) t.equal(fingerprint(one), fingerprint(other), what)
})

const OTHERS: readonly (readonly [string, string])[] = [
  ['The file /a/b is locked', 'The file /a/b is corrupted'],
  ['Failed to process path: /a/b', 'Error reported while accessing file: /a/b'],
  ['Quota is nearly used', 'Quota is used'],
  ['Cannot open "/a/b c": access denied', 'Cannot open "/a/b c": in use by another process'],
  ['Snapshot of C:\\ failed, going on without', 'Snapshot of C:\\ failed, giving up'],
]

t.test('another thing that went wrong is another warning', async (t) => {
  for (const [one, other] of OTHERS) t.not(fingerprint(one), fingerprint(other), one)
})

t.test('a fingerprint is short, of one line, and made of anything at all', async (t) => {
  t.equal(fingerprint(''), '')
  t.ok(fingerprint('word '.repeat(500)).length <= 200)
  t.notMatch(fingerprint('a\r\nb\u0000c'), /\n/)
  t.equal(fingerprint('Failed to process path: /home/ann/x'), 'Failed to process path: …')
  for (const odd of ['/', '//', '"', '\\\\', 'C:\\', '\u202e/x', '"/a', '/ '.repeat(200), '"/x '.repeat(200)])
    t.type(fingerprint(odd), 'string')
})

const ON = { 'notices.ntfy.enabled': true, 'notices.gather_seconds': 0, 'monitoring.repeat': 'never' }
const LOCKED = 'Failed to process path: C:\\Users\\Ann\\mail.pst'
const warned = (...firstWarnings: string[]): Said => ({
  result: 'warning',
  warnings: firstWarnings.length,
  firstWarnings,
})

/** A job that runs every night and warned of a locked file in the last one. */
class Warned extends Reports {
  readonly days = daily('2026-05-01', 60, '03:00', 'Europe/Berlin')
  day = 0

  constructor(settings: Record<string, unknown> = {}) {
    super(aState({ ...ON, ...settings }))
    for (let n = 0; n < 5; n += 1) this.night()
    this.night(warned(LOCKED))
  }

  night(said: Said = {}): Run {
    this.day += 1
    return this.receive(this.days[this.day - 1] ?? '', said)
  }

  get now(): string {
    return new Date(Date.parse(this.days[this.day - 1] ?? '') + 3_600_000).toISOString()
  }

  job(): Job {
    const [job] = Object.values(this.state.jobs)
    if (job === undefined) throw new Error('There is no job')
    return job
  }

  mute(text: string, until = 'forever'): this {
    const muted = { kind: fingerprint(text), sample: text, by: 'anna', at: this.now, until }
    this.state = muteWarning(this.state, this.job().id, muted)
    return this
  }

  shown(): string {
    const server = this.state.servers[this.job().serverId]
    if (server === undefined) throw new Error('There is no server')
    return jobState(this.job(), server, this.state, new Date(this.now)).state
  }

  open(): readonly Incident[] {
    return Object.values(this.state.incidents)
  }

  told(): number {
    const count = Object.keys(this.state.notices).length
    this.state = { ...this.state, notices: {} }
    return count
  }
}

t.test(
  'a warning that somebody knows ends its alarm, raises none any more, and leaves the job green',
  async (t) => {
    const house = new Warned()
    t.same([house.open().map(({ cause }) => cause), house.shown(), house.told()], [['warning'], 'warning', 1])
    house.mute(LOCKED)
    t.same([house.open(), house.shown(), house.told()], [[], 'ok', 0])
    const run = house.night(warned('Failed to process path: C:\\Users\\Bob\\other.pst'))
    t.same([house.open(), house.shown(), house.told()], [[], 'ok', 0])
    t.equal(run.result, 'warning', 'the run is what it was')
    t.equal(house.job().status.lastRun?.result, 'warning')
  },
)

t.test('another warning beside the known one alerts, and names itself', async (t) => {
  const house = new Warned().mute(LOCKED)
  house.told()
  house.night(warned(LOCKED, 'Quota is nearly used'))
  t.match(house.open(), [
    {
      cause: 'warning',
      because: { values: { reason: 'Quota is nearly used' } },
      kinds: ['Quota is nearly used'],
    },
  ])
  t.same([house.told(), house.shown()], [1, 'warning'])
  house.night(warned(LOCKED))
  t.same([house.open(), house.told(), house.shown()], [[], 1, 'ok'], 'and its end is told')
})

t.test('errors, interrupted and partial runs and fatal ones are never muted with a warning', async (t) => {
  for (const also of [
    { interrupted: true },
    { partial: true },
    { errors: 1, firstErrors: ['x'] },
    { exception: 'x' },
  ]) {
    const house = new Warned().mute(LOCKED)
    house.night({ ...warned(LOCKED), ...also })
    t.same(
      house.open().map(({ cause }) => cause),
      ['warning'],
      JSON.stringify(also),
    )
  }
  const house = new Warned().mute(LOCKED)
  house.night({ ...warned(LOCKED), result: 'error' })
  t.same(
    house.open().map(({ cause }) => cause),
    ['failed'],
  )
})

t.test('a mute with an end holds until then and not longer', async (t) => {
  const house = new Warned().mute(LOCKED, '2026-05-08T12:00:00.000Z')
  house.told()
  house.night(warned(LOCKED))
  house.night(warned(LOCKED))
  t.same([house.open().length, house.told()], [0, 0])
  house.night(warned(LOCKED))
  t.same([house.open().length, house.told(), house.shown()], [1, 1, 'warning'])
})

t.test('a warning that is heard again alerts from the next run on', async (t) => {
  const house = new Warned().mute(LOCKED)
  house.told()
  house.state = unmuteWarning(house.state, house.job().id, fingerprint(LOCKED))
  t.notOk('muted' in house.job())
  t.same([house.shown(), house.told()], ['warning', 0])
  house.night(warned(LOCKED))
  t.equal(house.told(), 1)
  t.throws(() => unmuteWarning(house.state, house.job().id, 'x'), { code: 'not-found' })
  t.throws(() => unmuteWarning(house.state, 'job_none', 'x'), { code: 'not-found' })
})

t.test('a warning of another kind while one is open is told, and undoes an acknowledgement', async (t) => {
  const house = new Warned()
  house.told()
  const [first] = house.open()
  house.state = acknowledge(house.state, first?.id ?? '', 'anna', new Date(house.now))
  house.night(warned('Failed to process path: D:\\again.txt'))
  t.same([house.told(), house.open()[0]?.acknowledged?.by], [0, 'anna'], 'the same is no news')
  house.night(warned(LOCKED, 'Quota is nearly used'))
  t.same([house.told(), house.open()[0]?.acknowledged], [1, null])
  t.match(house.open()[0]?.because.values, { reason: 'Quota is nearly used' })
})

t.test('a database from before warnings had kinds opens, and judges them from the next run on', async (t) => {
  const house = new Warned()
  const before = JSON.parse(JSON.stringify(house.state))
  for (const job of Object.values<Record<string, unknown>>(before.jobs)) {
    delete job['turns']
    delete (job['status'] as Record<string, unknown>)['warned']
  }
  for (const incident of Object.values<Record<string, unknown>>(before.incidents)) delete incident['kinds']
  house.state = before
  house.told()
  house.mute(LOCKED)
  t.equal(house.shown(), 'warning', 'nobody noted what its last run warned of')
  house.night(warned(LOCKED))
  t.same([house.open(), house.shown()], [[], 'ok'])
})

t.test('jobs that become one keep what was muted on either', async (t) => {
  const house = new Warned().mute(LOCKED)
  house.receive('2026-06-01T03:00:00Z', { identity: { backupId: 'DB-2', backupName: 'Films' } })
  const [one, other] = Object.values(house.state.jobs)
  const server = Object.values(house.state.servers)[0]
  if (one === undefined || other === undefined || server === undefined) throw new Error('There are two jobs')
  const muted = { kind: 'x', sample: 'x', by: 'ben', at: house.now, until: 'forever' }
  const state = muteWarning(house.state, other.id, muted)
  const into = state.jobs[other.id] ?? other
  const next = merged(state, { from: null, into: server, pairs: [{ from: one, into }], movers: [] })
  t.same(
    next.jobs[other.id]?.muted?.map(({ by }) => by),
    ['anna', 'ben'],
  )
})

t.test('there is an end to how many warnings of a job can be muted', async (t) => {
  const house = new Warned()
  for (let n = 0; n < 200; n += 1) house.mute(`kind ${'abcdefghijklmnopqrstuvwxyz'[n % 26]} ${'y'.repeat(n)}`)
  t.throws(() => house.mute('one more'), { code: 'conflict' })
  t.throws(
    () =>
      muteWarning(house.state, 'job_none', {
        kind: 'x',
        sample: 'x',
        by: 'a',
        at: house.now,
        until: 'forever',
      }),
    { code: 'not-found' },
  )
})

t.test('a richer copy of the newest run that names more warnings is judged by these', async (t) => {
  const house = new Warned().mute(LOCKED)
  const run = house.night({ ...warned(LOCKED), warnings: 2 })
  t.equal(house.shown(), 'ok')
  const more = richer(run, { ...run, firstWarnings: [LOCKED, 'Quota is nearly used'] })
  t.ok(more)
  const { ledger } = await import('../../src/domain/ledger.ts')
  house.state = ledger.fold(house.state, more ?? aRun('2026-01-01T00:00:00Z'))
  t.same([house.shown(), house.open().length], ['warning', 1])
})
