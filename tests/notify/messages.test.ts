import t from 'tap'
import type { Incident } from '../../src/domain/incident.ts'
import type { Run } from '../../src/domain/run.ts'
import type { State } from '../../src/domain/state.ts'
import { text } from '../../src/domain/text.ts'
import type { Message } from '../../src/notify/channel.ts'
import { createCompose, readerOf } from '../../src/notify/compose.ts'
import { defaultTemplate } from '../../src/notify/default-templates.ts'
import { digestFigures } from '../../src/notify/digest-figures.ts'
import { composeMessage } from '../../src/notify/message.ts'
import type { Material } from '../../src/notify/message-parts.ts'
import { cutBytes, manyLines, oneLine } from '../../src/notify/plain-text.ts'
import { previewMessage } from '../../src/notify/preview.ts'
import { FIELDS, type FieldKey, readNotifyField } from '../../src/notify/setting-fields.ts'
import { notifySettings } from '../../src/notify/settings.ts'
import { linesOf, plainOf } from '../../src/notify/spans.ts'
import { checkTemplate, fill, unknownVariables } from '../../src/notify/template.ts'
import { TEMPLATE_KINDS, type Template, variablesOf } from '../../src/notify/template-variables.ts'
import { testMessage } from '../../src/notify/test-message.ts'
import { aJob, aRun, aServer, NOW, stateWith } from '../support/household-state.ts'
import { aNotice, anIncident, renderMail, wholeRun, wordsFor } from '../support/notice-samples.ts'

const words = wordsFor()
const server = aServer({
  alias: 'Cellar',
  note: 'under the stairs',
  address: 'http://nas.lan:8200/',
  machineId: 'a1b2',
})
const job = aJob({
  schedule: { repeat: '1D', time: null, weekdays: [], zone: null, readAt: NOW.toISOString() },
  status: { lastRun: aRun(), lastGood: aRun(), lastOther: null, recent: [aRun()], running: null },
  expectation: {
    dueAt: '2026-11-22T03:00:00.000Z',
    lateAt: '2026-11-22T03:00:00.000Z',
    overdueAt: '2026-11-22T05:00:00.000Z',
    because: text('notify.preview.overdue'),
    source: 'learned',
    intervalS: 86_400,
    rhythm: null,
  },
})

function material(
  part: Partial<Material> = {},
  state: State = stateWith({ servers: [server], jobs: [job] }),
): Material {
  return {
    notices: [aNotice()],
    state,
    incidents: new Map([['inc_1', anIncident()]]),
    run: null,
    log: null,
    digest: null,
    settings: notifySettings(state),
    words,
    now: NOW,
    links: {
      page: (path) => `https://home.example${path}`,
      deed: (_, verb) => `https://home.example/act/${verb}`,
    },
    toleranceMinutes: () => 120,
    ...part,
  }
}

const failedRun = wholeRun({
  result: 'error',
  warnings: 1,
  errors: 2,
  firstWarnings: ['one file is locked'],
  firstErrors: ['no room left at the destination', 'gave up'],
})

const incidentOf = (part: Partial<Incident>) => new Map([['inc_1', anIncident(part)]])
const runNotice = aNotice({ kind: 'run', incidentIds: [], runNo: 7 })

function template(part: Partial<Template>): Template {
  return { title: 't', message: 'm', priority: 'default', tags: '', ...part }
}

/** The message when this template is the user's own. */
function withOwn(
  kind: (typeof TEMPLATE_KINDS)[number],
  own: Template,
  part: Partial<Material> = {},
): Message {
  const settings = { [`templates.${kind}`]: own }
  return composeMessage(material({ settings: notifySettings({ settings }), ...part }))
}

t.test('templates', async (t) => {
  t.test(
    'put a value for {name}, print {name} for {{name}}, and nothing for what they do not know',
    async (t) => {
      const values = new Map([
        ['a', '1'],
        ['b_2', 'two'],
        ['empty', ''],
      ])
      const cases: [string, string][] = [
        ['x{a}y', 'x1y'],
        ['{{a}}', '{a}'],
        ['{{unknown}}', '{unknown}'],
        ['{b_2}-{a}', 'two-1'],
        ['X{unknown}Y', 'XY'],
        ['X{empty}Y', 'XY'],
        ['{ a } {a-b} {} {{ a }}', '{ a } {a-b} {} {{ a }}'],
        ['{{{a}}}', '{{a}}'],
        ['{__proto__}{constructor}', ''],
      ]
      for (const [source, filled] of cases) {
        t.equal(fill(source, values), filled, source)
        if (filled !== '') t.equal(plainOf(linesOf(source, values)), filled, source)
      }
    },
  )

  t.test('know every variable of the reference product, and no empty one is unknown', async (t) => {
    const reference = {
      success:
        'server_id server_name server_alias server_note server_url backup_name backup_date status duration file_count messages_count warnings_count errors_count available_versions file_size uploaded_size storage_size log_text backup_interval_value backup_interval_type',
      warning:
        'server_id server_name server_alias server_note server_url backup_name backup_date status duration file_count messages_count warnings_count errors_count available_versions file_size uploaded_size storage_size log_text backup_interval_value backup_interval_type',
      overdue:
        'server_id server_name server_alias server_note server_url backup_name last_backup_date expected_date last_elapsed expected_elapsed backup_interval overdue_tolerance backup_interval_value backup_interval_type',
    } as const
    for (const kind of ['success', 'warning', 'overdue'] as const) {
      for (const name of reference[kind].split(' ')) t.ok(variablesOf(kind).includes(name), `${kind} ${name}`)
    }
    for (const kind of TEMPLATE_KINDS) {
      for (const name of variablesOf(kind)) {
        t.not(words.say(`templates.variable.${name}`), '', `${name} has a meaning`)
      }
      t.same(checkTemplate(defaultTemplate(kind, words), kind), [], `the default for ${kind} can be saved`)
    }
  })

  t.test('give each variable the meaning it has in the reference product', async (t) => {
    const value = (name: string, part: Partial<Material>) =>
      withOwn('warning', template({ message: `{${name}}` }), { run: failedRun, ...part }).text
    const run = { run: failedRun }
    t.equal(value('server_id', run), 'a1b2')
    t.equal(value('server_name', run), 'NAS')
    t.equal(value('server_alias', run), 'Cellar (NAS)')
    t.equal(value('server_note', run), 'under the stairs')
    t.equal(value('server_url', run), 'http://nas.lan:8200/')
    t.equal(value('backup_name', run), 'Documents')
    t.equal(value('backup_date', run), '2026-11-22 02:00')
    t.equal(value('status', run), 'Error')
    t.equal(value('duration', run), words.duration(2311))
    t.equal(value('file_count', run), '249,426')
    t.equal(value('messages_count', run), '12')
    t.equal(value('warnings_count', run), '1')
    t.equal(value('errors_count', run), '2')
    t.equal(value('available_versions', run), '10')
    t.equal(value('file_size', run), words.bytes(113_395_849_938))
    t.equal(value('uploaded_size', run), words.bytes(331_318_892))
    t.equal(value('storage_size', run), words.bytes(43_346_796_938))
    t.equal(value('log_text', run), 'one file is locked\nno room left at the destination\ngave up')
    t.equal(value('backup_interval_value', run), '1D')
    const late = (name: string) =>
      withOwn('overdue', template({ message: `{${name}}` }), { incidents: incidentOf({ cause: 'overdue' }) })
        .text
    t.equal(late('last_backup_date'), '2026-11-22 02:00')
    t.equal(late('last_elapsed'), '6 hours ago')
    t.equal(late('expected_date'), '2026-11-22 03:00')
    t.equal(late('expected_elapsed'), '5 hours ago')
    t.equal(late('backup_interval'), '1D')
    t.equal(late('overdue_tolerance'), words.duration(7200))
  })

  t.test('point out what they do not know before they are saved, and what was probably meant', async (t) => {
    const wrong = template({
      title: '{backup_nme}',
      message: '{{fine}} {server_name} {zzzzzzzzzzz}',
      tags: '{status}',
    })
    t.same(unknownVariables(wrong, 'overdue'), ['backup_nme', 'zzzzzzzzzzz', 'status'])
    const said = checkTemplate(wrong, 'overdue').map((fault) => `${fault.field}: ${words.say(fault.text)}`)
    t.match(said[0], /^title: There is no variable \{backup_nme\}\. Did you mean \{backup_name\}\?$/)
    t.match(said[1], /^message: There is no variable \{zzzzzzzzzzz\}\. It would print nothing/)
    const empty = { title: ' ', message: '', priority: 'loud' as never, tags: 'x'.repeat(300) }
    t.same(
      checkTemplate(empty, 'success').map(({ field }) => field),
      ['title', 'message', 'tags', 'priority'],
    )
  })

  t.test('leave out a line that is only a label, and keep every other one', async (t) => {
    const values = new Map([
      ['note', ''],
      ['name', 'NAS'],
    ])
    const source =
      '\n{note}\nNote: {note}\nName: {name}\n{name}: {note}\nHint: {unknown}\n\nEnd {note}\n{note}\n'
    t.equal(plainOf(linesOf(source, values)), 'Name: NAS\nNAS: \nHint: \n\nEnd ')
  })

  t.test('make bold, italic and links of their own marks only, never of a value', async (t) => {
    const values = new Map([
      ['evil', '**b** *i* https://evil.example/ <b>'],
      ['server_url', 'javascript:alert(1)'],
      ['link', 'https://home.example/jobs/1'],
      ['id', 'a/b?c"d'],
    ])
    const [first = [], second = [], third = []] = linesOf(
      '**{evil}** and *soft* {evil}\n{server_url} {link}\nSee https://x.example/s/{id}.',
      values,
    )
    t.same(
      first.map(({ text: said, bold, italic, url }) => [said, bold, italic, url]),
      [
        [values.get('evil'), true, false, null],
        [' and ', false, false, null],
        ['soft', false, true, null],
        [' ', false, false, null],
        [values.get('evil'), false, false, null],
      ],
    )
    t.same(
      second.map(({ url }) => url),
      [null, null, 'https://home.example/jobs/1'],
    )
    t.equal(third[1]?.url, 'https://x.example/s/a%2Fb%3Fc%22d')
  })

  t.test('are shown with a real run before they are saved', async (t) => {
    const { notices: _, incidents: __, ...rest } = material({ run: failedRun })
    for (const kind of TEMPLATE_KINDS) {
      const known = variablesOf(kind)
      const all = template({ title: '{link}', message: known.map((name) => `${name}={${name}}`).join('\n') })
      const digest = digestFigures(rest.state, { latest: () => [] }, [], { from: new Date(0), to: NOW })
      const message = previewMessage(kind, all, { ...rest, digest }, { job, server })
      t.match(message?.title, /^https:\/\/home\.example/)
      for (const name of known) t.match(message?.text, `${name}=`)
    }
    const message = previewMessage('recovery', template({ message: '{length} {because}' }), rest, {
      job,
      server,
    })
    t.match(message?.text, /A good run came\./)
    t.equal(previewMessage('digest', template({}), rest, null), null)
    t.equal(previewMessage('success', template({}), rest, null), null)
  })
})

t.test('messages', async (t) => {
  const kinds: [string, Partial<Material>, Partial<Message>][] = [
    [
      'a run that was fine',
      { notices: [runNotice], incidents: new Map(), run: wholeRun() },
      {
        title: 'Success: Documents on Cellar (NAS)',
        priority: 3,
        click: 'https://home.example/runs/run_7',
        thread: null,
      },
    ],
    [
      'a failed run',
      { run: failedRun },
      {
        title: 'Failed: Documents on Cellar (NAS)',
        priority: 4,
        tags: ['duplicati', 'duplistatus', 'warning', 'error'],
        click: 'https://home.example/runs/run_7',
        thread: { key: 'inc_1', first: true },
      },
    ],
    [
      'a reminder',
      { notices: [aNotice({ kind: 'reminder' })], run: failedRun },
      { title: 'Still failing: Documents on Cellar (NAS)', thread: { key: 'inc_1', first: false } },
    ],
    [
      'silence',
      { incidents: incidentOf({ cause: 'overdue', runNo: null }) },
      {
        title: 'Overdue: Documents on Cellar (NAS)',
        priority: 3,
        click: 'https://home.example/jobs/job_documents',
      },
    ],
    [
      'a recovery',
      {
        notices: [aNotice({ kind: 'closed', incidentIds: ['inc_1', 'inc_2'] })],
        incidents: new Map([
          [
            'inc_1',
            anIncident({ closedAt: NOW.toISOString(), closedBecause: text('notify.preview.solved') }),
          ],
          ['inc_2', anIncident({ id: 'inc_2', cause: 'warning', closedAt: NOW.toISOString() })],
        ]),
      },
      { title: 'Fine again: Documents on Cellar (NAS)', thread: { key: 'inc_1', first: false } },
    ],
    [
      'a bundle of which one is left',
      { notices: [aNotice({ kind: 'bundle' })], run: failedRun },
      { title: 'Failed: Documents on Cellar (NAS)' },
    ],
    [
      'a run of a job that is gone',
      { notices: [{ ...runNotice, jobIds: ['job_gone'] }], incidents: new Map() },
      { title: 'One backup needs attention' },
    ],
  ]
  for (const [name, part, wanted] of kinds) {
    t.test(`of ${name} say what, where, since when and what to do`, async (t) => {
      t.match(composeMessage(material(part)), wanted)
    })
  }

  t.test('have buttons for what is open, and none where nobody could reach us', async (t) => {
    const verbs = (part: Partial<Material>) => composeMessage(material(part)).actions.map(({ verb }) => verb)
    t.same(verbs({ run: failedRun }), ['open', 'acknowledge', 'snooze'])
    t.same(verbs({ notices: [runNotice], incidents: new Map(), run: wholeRun() }), ['open'])
    t.same(verbs({ notices: [aNotice({ kind: 'closed' })] }), ['open'])
    t.same(verbs({ links: { page: () => null, deed: () => null } }), [])
  })

  t.test('of a silent server list its jobs', async (t) => {
    const jobs = [job, aJob({ id: 'job_2', name: 'Photos' })]
    const incident = anIncident({
      jobId: null,
      cause: 'server-silent',
      jobIds: ['job_documents', 'job_2', 'job_gone'],
      because: text('notify.preview.overdue'),
    })
    const state = stateWith({ servers: [server], jobs })
    const message = composeMessage(material({ incidents: new Map([['inc_1', incident]]) }, state))
    t.equal(message.title, 'Silent: Cellar')
    t.match(message.text, /• Documents: last run 6 hours ago\n• Photos$/)
    t.equal(message.click, 'https://home.example/servers/srv_nas')
    const solved = composeMessage(
      material({ notices: [aNotice({ kind: 'closed' })], incidents: new Map([['inc_1', incident]]) }, state),
    )
    t.match(solved, { title: 'Fine again: Cellar', mail: { tone: 'good' } })
  })

  t.test('of many things count them, list the worst first, and say how many more there are', async (t) => {
    const jobs = Array.from({ length: 100 }, (_, i) => aJob({ id: `job_${i}`, name: `Job ${i}` }))
    const incidents = new Map(
      jobs.map(({ id }, i) => [
        `inc_${i}`,
        anIncident({
          id: `inc_${i}`,
          jobId: id,
          cause: i === 99 ? 'failed' : 'warning',
          severity: i === 99 ? 'error' : 'warning',
          ...(i < 10 ? { closedAt: NOW.toISOString() } : {}),
        }),
      ]),
    )
    const notices = [...incidents.keys()].map((id) => aNotice({ id: `ntc_${id}`, incidentIds: [id] }))
    const repeated = aNotice({ id: 'ntc_again', kind: 'reminder', incidentIds: ['inc_99'] })
    const state = stateWith({ servers: [server], jobs })
    const message = composeMessage(material({ notices: [...notices, repeated], incidents }, state))
    t.equal(message.title, '90 backups need attention, 10 are fine')
    t.match(message.text.split('\n')[2], /^• Still failing: Job 99 on Cellar\. /)
    t.match(message.text, /\nand 60 more$/)
    t.match(
      message.actions.map(({ verb }) => verb),
      ['open', 'acknowledge', 'snooze'],
    )
    const good = composeMessage(
      material(
        {
          incidents: new Map(),
          notices: jobs
            .slice(0, 6)
            .map(({ id }) => aNotice({ id: `ntc_${id}`, kind: 'closed', jobIds: [id], incidentIds: [] })),
        },
        state,
      ),
    )
    t.match(good, { title: '6 backups are fine', mail: { tone: 'good' }, priority: 3 })
  })

  t.test('take the log text only as long as the setting says', async (t) => {
    const lines = Array.from({ length: 500 }, (_, i) => ({
      level: 'error' as const,
      at: null,
      tag: null,
      text: `line ${i}`,
    }))
    const log = { lines, linesLeftOut: 0, raw: null }
    const sized = (characters: number) =>
      withOwn('warning', template({ message: '{log_text}' }), {
        run: failedRun,
        log,
        settings: notifySettings({
          settings: {
            'templates.log_characters': characters,
            'templates.warning': template({ message: '{log_text}' }),
          },
        }),
      }).text
    t.match(sized(100), /^one file is locked\nline 0\n[\s\S]*\(and \d+ more lines\)$/)
    t.ok(sized(20_000).length > 4000)
    t.equal(sized(0), '')
  })

  t.test('are written in the language and zone of the setting', async (t) => {
    t.same(readerOf({ language: 'de', zone: 'Europe/Berlin' }), {
      language: 'de',
      locale: 'de',
      zone: 'Europe/Berlin',
    })
    t.same(readerOf({ language: '', zone: '' }), {})
    const berlin = wordsFor({ locale: 'de', dateStyle: 'locale', zone: 'Europe/Berlin' })
    t.match(composeMessage(material({ run: failedRun, words: berlin })).text, /22\.11\.2026/)
    t.match(composeMessage(material({ run: failedRun, words: berlin })).text, /03:00/)
  })

  t.test('keep foreign names and texts inert', async (t) => {
    const evil = 'a\r\nX: y\0\u202e<script>alert(1)</script>**b**{server_id}[x](http://y) \ud800'
    const state = stateWith({
      servers: [aServer({ name: evil, alias: evil, note: evil, address: 'javascript:alert(1)' })],
      jobs: [aJob({ name: evil })],
    })
    const run: Run = {
      ...failedRun,
      exception: evil,
      operation: evil,
      firstErrors: [evil],
      firstWarnings: [evil],
    }
    const incident = anIncident({ because: text('notify.server.title', { event: evil, server: evil }) })
    for (const notices of [[aNotice()], [aNotice(), aNotice({ id: 'ntc_2' })]]) {
      const message = composeMessage(
        material({ notices, run, incidents: new Map([['inc_1', incident]]) }, state),
      )
      t.notMatch(message.title, /[\r\n\0\u202e\ud800]/)
      t.notMatch(message.text, /[\r\0\u202e\ud800]/)
      t.match(message.title + message.text, /\{server_id\}/, 'a value is not read as a template')
      const html = renderMail('notice', message.mail)
      t.notMatch(html, /<script|href="(?!https?:)/)
      t.match(html, /&lt;script&gt;/)
      t.ok(message.title.length <= 250)
    }
    t.equal(oneLine('x'.repeat(1_000_000)).length, 300)
    t.equal(manyLines('a\r\nb\rc\u2028d\t<e>'), 'a\nb\nc\nd\t<e>')
    t.equal(cutBytes('äöü', 5), 'ä…')
  })

  t.test('of a test button hold nothing of any backup', async (t) => {
    t.match(testMessage(material()), {
      title: 'Test message from duplistatus',
      text: /Did it arrive|sent on 2026-11-22 08:00/,
    })
  })
})

t.test('summaries', async (t) => {
  const row = (receivedMs: number, result: string, part = {}) =>
    ({
      receivedMs,
      result,
      operation: 'Backup',
      dryRun: false,
      interrupted: false,
      uploadedBytes: 1000,
      ...part,
    }) as never
  const at = (hours: number) => NOW.getTime() - hours * 3_600_000
  const history = {
    latest: (limit: number, offset = 0) =>
      [
        row(at(1), 'success'),
        row(at(2), 'warning'),
        row(at(3), 'error', { uploadedBytes: Number.NaN }),
        row(at(4), 'success', { operation: 'Restore' }),
        row(at(5), 'success', { interrupted: true }),
        row(at(30), 'success'),
      ].slice(offset, offset + limit),
  }
  const time = { from: new Date(at(24)), to: NOW }
  const fine = { ...job, expectation: null }
  const jobs = [
    fine,
    aJob({ id: 'job_2', status: { ...job.status } }),
    aJob({ id: 'job_3', pausedUntil: 'forever' }),
    aJob({ id: 'job_4', archivedAt: NOW.toISOString() }),
    aJob({ id: 'job_5' }),
  ]

  t.test('count jobs, runs and what changed since the last one', async (t) => {
    const old = anIncident({
      id: 'inc_2',
      severity: 'warning',
      openedAt: '2026-11-01T00:00:00.000Z',
      jobId: 'job_2',
    })
    const solved = [
      anIncident({ id: 'inc_9', openedAt: '2026-10-01T00:00:00.000Z', closedAt: NOW.toISOString() }),
    ]
    const state = stateWith({ servers: [server], jobs, incidents: [old, anIncident()] })
    t.match(digestFigures(state, history, solved, time), {
      jobs: 4,
      ok: 0,
      paused: 1,
      opened: 1,
      attention: [{ id: 'inc_1' }, { id: 'inc_2' }],
      runs: { all: 4, good: 1, warning: 2, failed: 1 },
      uploadedBytes: 3000,
    })
  })

  t.test('go out when all is well too, and say so', async (t) => {
    const sentence = (state: State, solved: readonly Incident[] = []) => {
      const digest = digestFigures(state, history, solved, time)
      return composeMessage(
        material({ notices: [aNotice({ kind: 'digest', incidentIds: [] })], digest }, state),
      )
    }
    const well = sentence(stateWith({ servers: [server], jobs: [fine] }), [
      anIncident({ closedAt: NOW.toISOString() }),
    ])
    t.equal(well.title, 'The backup is fine')
    t.match(well.text, /Nothing needs attention\.[\s\S]*Solved: 1[\s\S]*• Fine again: Documents on Cellar/)
    t.match(well, { priority: 2, mail: { tone: 'good' }, actions: [{ verb: 'open' }] })
    t.equal(sentence(stateWith({})).title, 'No backup has reported yet')
    t.equal(
      sentence(stateWith({ servers: [server], jobs })).title,
      '2 of 4 backups are fine, none needs attention',
    )
    const bad = sentence(stateWith({ servers: [server], jobs, incidents: [anIncident()] }))
    t.equal(bad.title, 'One problem; 1 of 4 backups are fine')
    t.match(bad.text, /• Failed: Documents on Cellar\. The run ended with 2 errors\./)
  })
})

t.test('a message is gathered from disk, and a log that cannot be read does not hold it back', async (t) => {
  const state = stateWith({ servers: [server], jobs: [job], incidents: [anIncident()] })
  const { links } = material()
  let asked = 0
  const compose = createCompose({
    now: () => NOW,
    run: async (no) => (no === 7 ? failedRun : null),
    log: async () => {
      asked += 1
      throw new Error('pack is gone')
    },
    closedIncident: async (id) => anIncident({ id, closedAt: NOW.toISOString() }),
    digest: async () => digestFigures(state, { latest: () => [] }, [], { from: NOW, to: NOW }),
    words: () => words,
    links,
    toleranceMinutes: () => 60,
  })
  t.match(await compose([aNotice()], state), { title: /^Failed/, text: /no room left/ })
  t.match(await compose([aNotice({ kind: 'closed', incidentIds: ['inc_8'] })], state), {
    title: /^Fine again/,
  })
  t.match(await compose([aNotice({ kind: 'digest', incidentIds: [] })], state), { title: /^One problem/ })
  t.equal(asked, 2)
})

t.test('settings', async (t) => {
  const wrong: [FieldKey, unknown, RegExp][] = [
    ['notices.ntfy.enabled', 'maybe', /Choose one/],
    ['ntfy.server', 'ntfy.sh', /Write it whole/],
    ['ntfy.server', 'ftp://ntfy.sh', /begin with https/],
    ['ntfy.server', 'https://u:p@ntfy.sh', /fields of their own/],
    ['ntfy.server', 'https://ntfy.sh/?a=b', /after a \? or #/],
    ['ntfy.topic', 'with space', /only the letters/],
    ['ntfy.topic', 'x'.repeat(65), /at most 64/],
    ['ntfy.topic', 'Docs', /for itself/],
    ['ntfy.user', 'a\0b', /cannot be printed/],
    ['ntfy.ca', '-----BEGIN PRIVATE KEY-----x', /private key/],
    ['ntfy.ca', 'hello', /not a certificate/],
    ['email.host', 'https://mail.example.org', /only the name/],
    ['email.host', 'mail..example', /not the name of a host/],
    ['email.port', '0', /from 1 to 65535/],
    ['email.port', '25.5', /whole number/],
    ['email.security', 'ssl', /Choose one/],
    ['email.from', 'oma', /needs one @/],
    ['email.from', 'a@b@c', /needs one @/],
    ['email.to', 'oma@example.org, "x"@y', /not an address/],
    ['email.to', 'a..b@example.org', /not an address/],
    ['email.to', 'oma@exa mple.org', /needs one @|not an address/],
    ['email.to', 7, /has to be text/],
    ['email.sender_name', 'x'.repeat(101), /longer than 100/],
    ['templates.zone', 'Mars/Base', /not a time zone/],
    ['templates.log_characters', '-1', /whole number/],
    ['digest.time_of_day', '24:00', /from 00:00/],
    ['digest.every', 'hourly', /Choose one/],
  ]
  t.test('that are wrong say beside the field what is wrong', async (t) => {
    for (const [key, value, said] of wrong) {
      try {
        readNotifyField(key, value)
        t.fail(`${key} takes ${String(value)}`)
      } catch (error) {
        const { code, field, text: why } = error as { code: string; field: string; text: never }
        t.match(
          { code, field, said: words.say(why) },
          { code: 'invalid', field: key, said },
          `${key} ${String(value)}`,
        )
      }
    }
  })

  t.test('that are right are read from a form and from the database alike', async (t) => {
    t.equal(readNotifyField('notices.email.enabled', 'on'), true)
    t.equal(readNotifyField('notices.email.enabled', ''), false)
    t.equal(readNotifyField('ntfy.server', ' https://push.example/ntfy '), 'https://push.example/ntfy')
    t.equal(readNotifyField('email.host', 'fe80::1'), 'fe80::1')
    t.equal(readNotifyField('email.host', 'mäil.example'), 'mäil.example')
    t.same(readNotifyField('email.to', 'a@x.org; b@x.org\nb@x.org'), ['a@x.org', 'b@x.org'])
    t.equal(readNotifyField('email.port', ' 465 '), 465)
    for (const key of Object.keys(FIELDS) as FieldKey[]) {
      const { default: preset } = FIELDS[key]
      t.same(readNotifyField(key, preset), preset, `${key} takes its default`)
    }
    const settings = {
      'email.to': ['a@x.org'],
      'email.port': 'junk',
      'ntfy.topic': 'my-topic',
      'templates.success': template({ title: 'mine' }),
      'templates.warning': { title: 1 },
    }
    const read = notifySettings({ settings })
    t.match(read, {
      email: { to: ['a@x.org'], port: 587 },
      ntfy: { topic: 'my-topic', server: 'https://ntfy.sh' },
    })
    t.same([...read.templates.own.keys()], ['success'])
  })
})
