import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Reader } from '../../src/domain/words.ts'
import { createLanguages } from '../../src/language/words.ts'
import { measure } from '../../src/web/measure.ts'
import { dayChips } from '../../src/web/watching/choices.ts'

const NOW = new Date('2026-11-07T14:02:00Z')
const clock = { now: () => NOW, elapsedMs: () => 0 }
const reader: Reader = {
  language: 'en',
  locale: 'en-GB',
  zone: 'Europe/Berlin',
  theme: 'auto',
  units: 'decimal',
  dateStyle: 'locale',
  hour12: null,
}
const own = createLanguages('views/locales', { clock })
const words = own.words(reader)

const spaced = (said: string) => said.replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ')

t.test('sizes carry their unit with three or four figures', async (t) => {
  const cases: [number | null, string][] = [
    [null, '–'],
    [Number.NaN, '–'],
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1234, '1.23 kB'],
    [12_345, '12.3 kB'],
    [999_940, '999.9 kB'],
    [999_960, '1 MB'],
    [482_300_000_000, '482.3 GB'],
    [-1_500_000, '-1.5 MB'],
    [9e18, '9 EB'],
    [9e24, '9,000,000 EB'],
  ]
  for (const [bytes, said] of cases) t.equal(spaced(words.bytes(bytes)), said)
  t.equal(spaced(own.words({ ...reader, units: 'binary' }).bytes(482_300_000_000)), '449.2 GiB')
  t.equal(spaced(own.words({ ...reader, locale: 'de' }).bytes(1234)), '1,23 kB')
})

t.test('durations say their two largest parts', async (t) => {
  const cases: [number | null, string][] = [
    [null, '–'],
    [0, '0 s'],
    [0.4, '0.4 s'],
    [45, '45 s'],
    [59.6, '1 m'],
    [60, '1 m'],
    [192, '3 m 12 s'],
    [3600, '1 h'],
    [3599.7, '1 h'],
    [8040, '2 h 14 m'],
    [86_399, '1 d'],
    [86_400, '1 d'],
    [93_600, '1 d 2 h'],
    [-60, '−1 m'],
    [4e7, '462 d 23 h'],
  ]
  for (const [seconds, said] of cases) t.equal(spaced(words.duration(seconds)), said, String(seconds))
})

t.test('no line breaks between a number and its unit, in any language', async (t) => {
  for (const { code } of own.languages) {
    const { bytes, duration, brief } = own.words({ ...reader, language: code, locale: code })
    const said = [
      bytes(5e9),
      duration(93_600),
      duration(45.4),
      duration(192),
      brief('2026-11-07T10:00:00Z', NOW),
    ]
    for (const one of said) t.notMatch(one, /\d \D/, `${code}: ${one}`)
  }
})

t.test('a rate is never rounded to all or nothing', async (t) => {
  t.equal(words.percent(1), '100%')
  t.equal(words.percent(0), '0%')
  t.equal(words.percent(0.9999), '99.9%')
  t.equal(words.percent(0.0001), '0.1%')
  t.equal(words.percent(0.994), '99.4%')
  t.equal(words.percent(Number.NaN), '–')
})

t.test('moments are written for the zone, the locale and the taste of the reader', async (t) => {
  const at = '2026-11-07T02:14:09Z'
  t.equal(spaced(words.moment(at)), '7 Nov 2026, 03:14')
  t.equal(words.moment(new Date(at)), words.moment(at))
  t.equal(words.day(at), '7 Nov 2026')
  t.equal(words.shortDay(at), '7 Nov')
  t.match(words.longDay(at), /^Saturday,? 7 November$/)
  t.equal(words.time(at), '03:14')
  t.equal(words.weekdayTime(at), 'Sat 03:14')
  t.match(words.full(at), /Saturday,? 7 November 2026 at 03:14:09 CET/)
  const iso = own.words({ ...reader, dateStyle: 'iso' })
  t.equal(iso.moment(at), '2026-11-07 03:14')
  t.equal(iso.shortDay(at), '2026-11-07')
  t.match(iso.full(at), /^2026-11-07 03:14:09/)
  t.match(own.words({ ...reader, hour12: true }).time('2026-11-07T14:02:00Z'), /3:02.pm/)
  t.equal(own.words({ ...reader, locale: 'en-US', hour12: false }).time('2026-11-07T23:02:00Z'), '00:02')
  for (const unreadable of [null, '', 'yesterday']) {
    for (const said of [words.moment(unreadable), iso.moment(unreadable), words.weekdayTime(unreadable)])
      t.equal(said, '–')
    t.equal(words.relative(unreadable, NOW), '–')
  }
})

t.test('times are told from now in the largest unit that fits', async (t) => {
  const ago = (seconds: number) => words.relative(new Date(NOW.getTime() - seconds * 1000), NOW)
  t.equal(ago(0), 'now')
  t.equal(ago(44), 'now')
  t.equal(ago(-50), 'in 1 minute')
  t.equal(ago(3 * 60), '3 minutes ago')
  t.equal(ago(3580), '1 hour ago')
  t.equal(ago(23 * 3600), '23 hours ago')
  t.equal(ago(86_400), 'yesterday')
  t.equal(ago(-3 * 86_400), 'in 3 days')
  t.equal(ago(29.6 * 86_400), 'last month')
  t.equal(ago(400 * 86_400), 'last year')
  t.equal(ago(4000 * 86_400), '11 years ago')
})

t.test('in a table times are told in one part', async (t) => {
  const said = (seconds: number) => spaced(words.brief(new Date(NOW.getTime() + seconds * 1000), NOW))
  t.equal(said(10), 'now')
  t.equal(said(-50), '1 m ago')
  t.equal(said(3569), 'in 59 m')
  t.equal(said(-4 * 3600), '4 h ago')
  t.equal(said(20 * 3600), 'in 20 h')
  t.equal(said(-86_000), '1 d ago')
  t.equal(said(-40 * 86_400), '40 d ago')
  t.equal(words.brief('never', NOW), '–')
})

t.test('weekdays and lists read like speech', async (t) => {
  t.equal(words.weekdays([]), 'every day')
  t.equal(words.weekdays([0, 1, 2, 3, 4, 5, 6]), 'every day')
  t.equal(words.weekdays([5, 4, 3, 2, 1]), 'Monday to Friday')
  t.equal(words.weekdays([0, 6]), 'Saturday and Sunday')
  t.equal(words.weekdays([0, 3, 1, 9]), 'Mon, Wed, Sun')
  t.equal(words.list(['attic', 'cellar', 'loft']), 'attic, cellar and loft')
})

t.test('a sentence takes values that the reader sees in the own way, and other sentences', async (t) => {
  const dir = t.testdir({
    'en.json': JSON.stringify({
      'job.last': '{job} ran {at} and copied {size} in {took}, {when}',
      'job.days': 'on {days}, {day}, {time}, {weekday}',
      'job.runs': '{n, plural, =0 {no run} one {# run} other {# runs}} of {n} and {total}, it isn’t {odd}',
      'job.why': 'because {why}',
      'job.only-english': 'English',
      'format.duration.minutes': '{n} m',
      'format.duration.seconds': '{n} s',
      'format.weekdays.every': 'every day',
    }),
    'de.json': JSON.stringify({ 'job.runs': '{n, plural, one {# Lauf} other {# Läufe}}' }),
  })
  const languages = createLanguages(dir, { clock })
  const english = languages.words(reader)
  const at = '2026-11-07T12:02:00Z'
  t.equal(
    spaced(
      english.say('job.last', {
        job: '<b>{x}</b>',
        at: { at },
        size: { bytes: 1500 },
        took: { seconds: 90 },
        when: { at, as: 'relative' },
      }),
    ),
    '<b>{x}</b> ran 7 Nov 2026, 13:02 and copied 1.5 kB in 1 m 30 s, 2 hours ago',
  )
  t.equal(
    english.say('job.days', {
      days: { weekdays: [1] },
      day: { at, as: 'day' },
      time: { at, as: 'time' },
      weekday: { at, as: 'weekday-time' },
    }),
    'on Mon, 7 Nov 2026, 13:02, Sat 13:02',
  )
  t.equal(
    english.say('job.runs', { n: 12_000, total: 3, odd: true }),
    '12,000 runs of 12,000 and 3, it isn’t true',
  )
  t.equal(english.say('job.runs', { n: 0, total: 1, odd: '' }), 'no run of 0 and 1, it isn’t ')
  t.equal(
    english.say({
      key: 'job.why',
      values: { why: { key: 'job.runs', values: { n: 1, total: 2, odd: 'x' } } },
    }),
    'because 1 run of 1 and 2, it isn’t x',
  )
  const german = languages.words({ ...reader, language: 'de', locale: 'de-DE' })
  t.equal(german.say('job.runs', { n: 12_000 }), '12.000 Läufe')
  t.equal(german.say('job.only-english'), 'English')
  t.equal(languages.words({ ...reader, language: '../en' }).say('job.only-english'), 'English')
})

t.test('a sentence that is not there throws, or is named and told where that is asked for', async (t) => {
  t.throws(() => words.say('job.no-such-thing'), /job\.no-such-thing/)
  t.throws(() => words.say('__proto__'), /__proto__/)
  t.throws(() => words.say('format.duration.days'), /format\.duration\.days/)
  const told: string[] = []
  const lenient = createLanguages('views/locales', { missing: (what) => told.push(what) }).words(reader)
  t.equal(lenient.say('job.no-such-thing'), 'job.no-such-thing')
  t.equal(lenient.say('format.duration.days'), 'format.duration.days')
  t.equal(told.length, 2)
})

t.test('a strange locale, zone or language does not stop a page', async (t) => {
  const odd = own.words({ ...reader, language: 'xx', locale: 'not a locale', zone: 'Mars/Olympus' })
  t.match(odd.moment('2026-11-07T02:14:09Z'), /Nov 7, 2026/)
  t.match(odd.full('2026-11-07T02:14:09Z'), /UTC/)
  for (let n = 0; n < 500; n += 1) own.words({ ...reader, locale: `en-x-a${n}` }).moment(NOW)
  t.equal(own.words(reader), own.words({ ...reader }), 'equal readers share their words')
})

t.test('the language is the best one the browser asks for', async (t) => {
  const dir = mkdtempSync(join(t.testdir(), 'locales-'))
  for (const code of ['en', 'de', 'pt-BR', 'zh-CN']) writeFileSync(join(dir, `${code}.json`), '{}')
  const { choose, languages } = createLanguages(dir)
  t.same(
    languages.map(({ code }) => code),
    ['en', 'de', 'pt-BR', 'zh-CN'],
  )
  t.equal(languages[1]?.name, 'Deutsch')
  t.equal(choose(''), 'en')
  t.equal(choose('*'), 'en')
  t.equal(choose('fr;q=0.9, de-AT;q=0.8'), 'de')
  t.equal(choose('en;q=0.1, pt'), 'pt-BR')
  t.equal(choose('de;q=0, zh-Hant'), 'zh-CN')
  t.equal(choose('de;q=x,en'), 'en')
})

t.test('every language has only sentences that English has, and each of them compiles', async (t) => {
  const read = (file: string): Record<string, string> =>
    JSON.parse(readFileSync(join('views/locales', file), 'utf8'))
  const english = read('en.json')
  t.same(Object.keys(english), Object.keys(english).sort(), 'the keys are sorted')
  const { IntlMessageFormat } = await import('intl-messageformat')
  for (const file of readdirSync('views/locales')) {
    for (const [key, message] of Object.entries(read(file))) {
      t.ok(key in english, `${file} ${key} is in English`)
      t.doesNotThrow(
        () => new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }),
        `${file} ${key}`,
      )
    }
  }
})

t.test('the days of a week are told apart in a few letters, in every language', async (t) => {
  const shown = (language: string) =>
    dayChips([], own.words({ ...reader, language, locale: language, weekStart: 1 })).map((chip) => chip.short)
  for (const { code } of own.languages) t.equal(new Set(shown(code)).size, 7, `${code}: ${shown(code)}`)
  t.same(shown('de'), ['Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So'])
  t.same(shown('pt-BR'), ['seg', 'ter', 'qua', 'qui', 'sex', 'sáb', 'dom'])
  t.same(shown('zh-Hans'), ['一', '二', '三', '四', '五', '六', '日'])
})

t.test('a unit stands smaller beside its figure, thousands and words do not', async (t) => {
  const french = own.words({ ...reader, language: 'fr', locale: 'fr-FR' })
  t.same(measure(french.number(1310)), { value: '1\u202f310', unit: '' })
  t.same(measure(french.bytes(2_820_000_000_000)), { value: '2,82', unit: 'TB' })
  t.same(measure(french.brief('2026-11-07T10:00:00Z', NOW)).unit, '')
  t.same(measure(words.duration(8040)).unit, '')
  t.same(measure(words.percent(0.913)), { value: '91.3', unit: '%' })
})
