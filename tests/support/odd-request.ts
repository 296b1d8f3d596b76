import { gzipSync } from 'node:zlib'
import type { Route } from '../../src/web/routes.ts'
import { benchReports } from './generator.ts'
import { HOSTILE } from './hostile.ts'
import type { Random } from './random.ts'

/** Somebody at a door, and the headers by which they are known. */
export interface Sender {
  readonly name: string
  readonly port: number
  readonly headers: Readonly<Record<string, string>>
}

/** What requests are made of beside chance. */
export interface Vocabulary {
  readonly routes: readonly Route[]
  /** Ids that lead somewhere. */
  readonly ids: readonly string[]
}

export interface OddRequest {
  readonly sender: Sender
  readonly port: number
  readonly bytes: Buffer
  /** The body ends before its length: nobody waits for an answer. */
  readonly isCut: boolean
}

/** One request that a hostile, broken or careless program could send. */
export function oddRequest(random: Random, sender: Sender, words: Vocabulary): OddRequest {
  const route = random.pick(words.routes)
  const method = random.chance(0.9) ? route.method : random.pick(METHODS)
  const target = `${pathOf(random, route, words)}${queryOf(random, words)}`
  const [type, body] = method === 'GET' || method === 'HEAD' ? ['', Buffer.alloc(0)] : bodyOf(random, words)
  const isCut = body.length > 0 && random.chance(0.03)
  const lines = [
    ['Host', random.chance(0.95) ? `127.0.0.1:${sender.port}` : odd(random)],
    ['Connection', 'close'],
    ...Object.entries(sender.headers),
    ...(type === '' || random.chance(0.1) ? [] : [['Content-Type', type]]),
    ...(body.length === 0 ? [] : [['Content-Length', String(body.length + (isCut ? 10 : 0))]]),
    ...headersOf(random),
  ]
  const head = `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body])
  const isChanged = random.chance(0.02)
  return {
    sender,
    port: sender.port,
    // A body whose end is said in another way, or not any more, may never end.
    isCut: isCut || isChanged || lines.some(([name]) => name === 'Transfer-Encoding'),
    bytes: isChanged ? withOddBytes(random, bytes, head.length) : bytes,
  }
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'LINK']
const FIELDS = `name password again old next do role scopes server days q level page per_page after format who
  result layout sort range status filter fragment edit token log test address tls secret headers job jobs ids at until
  from to note alias kind subject body title language zone theme units confirm file which part query tags view state
  days_of_week begin end reason minutes hours mode every time unit value topic url email ntfy numbers phase chart series
  mqtt.url ntfy.server email.host access.reading sessions.idle_minutes users.password_min_length __proto__ constructor
  merge_into keep older_than password_enforce toString hasOwnProperty`.split(/\s+/)
const [MADE] = [
  ...benchReports({ count: 1, until: new Date(Date.UTC(2026, 8, 2)), servers: 1, jobs: 1, lines: 5 }),
]
const REPORT = JSON.stringify(MADE?.document)
const VALUES = [
  '',
  ' ',
  '0',
  '-1',
  '1e308',
  '99999999999999999999',
  'NaN',
  'true',
  'null',
  'undefined',
  '[object Object]',
  '2026-02-30',
  '2026-11-01T00:00:00Z',
  '-271821-04-20',
  '999999-01-01',
  '25:61',
  'csv',
  'json',
  'remove',
  'administrator',
  'Europe/Berlin',
  'x-x-x',
  'zh-Hans',
  'http://127.0.0.1:1',
  'mqtt://127.0.0.1:1',
  '127.0.0.1:1',
  '{"a":',
  '[[[[[[[[',
  '%',
  '%zz',
  '%00',
  '%ff%fe',
  '%e2%82',
  '..%2f..%2f',
  '/../../secret.key',
  '\\..\\',
  '\ud800',
  '--',
  "' OR 1=1 --",
  '<%= 7 %>{{7}}',
]

function odd(random: Random): string {
  const kind = random.whole(0, 3)
  const text =
    kind === 0 ? random.pick(HOSTILE) : kind === 1 ? random.hex(random.whole(1, 40)) : random.pick(VALUES)
  return oneLine(text)
}

/** As the bytes of UTF-8, and without what would end a header. */
function oneLine(text: string): string {
  return Buffer.from(text.replace(/[\0-\x1f\x7f]/g, ''), 'utf8')
    .toString('latin1')
    .slice(0, 9000)
}

function encoded(random: Random, text: string): string {
  if (random.chance(0.2)) return text.replace(/[\s#?&]/g, '+').slice(0, 2000)
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/g, '?')).slice(0, 4000)
}

function value(random: Random, words: Vocabulary): string {
  return random.chance(0.3) ? random.pick(words.ids) : odd(random)
}

function pathOf(random: Random, route: Route, words: Vocabulary): string {
  const filled = route.path.replace(/[:*]\w+/g, () => encoded(random, value(random, words)))
  const path = filled === '' ? '/' : filled
  if (random.chance(0.9)) return oneLine(path).replaceAll(' ', '%20')
  const at = random.whole(1, path.length)
  const strange = random.pick([
    '//',
    '/./',
    '/../',
    '%2e%2e/',
    '%00',
    ';',
    '\\',
    '/%2f',
    '%',
    '%c0%af',
    '/api/upload/',
  ])
  return oneLine(`${path.slice(0, at)}${strange}${path.slice(at)}`).replaceAll(' ', '%20')
}

function queryOf(random: Random, words: Vocabulary): string {
  if (random.chance(0.4)) return ''
  const pairs = Array.from({ length: random.whole(1, 4) }, () => pair(random, words))
  return `?${oneLine(pairs.join('&')).replaceAll(' ', '+')}`
}

function pair(random: Random, words: Vocabulary): string {
  return `${encoded(random, random.pick(FIELDS))}=${encoded(random, value(random, words))}`
}

type Body = [type: string, body: Buffer]

function bodyOf(random: Random, words: Vocabulary): Body {
  switch (random.whole(0, 6)) {
    case 0:
    case 1:
    case 2: {
      const fields = Array.from({ length: random.whole(0, 8) }, () => pair(random, words)).join('&')
      return ['application/x-www-form-urlencoded', Buffer.from(fields)]
    }
    case 3:
      return ['application/json', Buffer.from(oddReport(random))]
    case 4:
      return ['application/json', random.chance(0.5) ? gzipSync(oddReport(random)) : Buffer.from(odd(random))]
    case 5:
      return ['multipart/form-data; boundary=fuzz', multipart(random)]
    default:
      return [
        odd(random),
        Buffer.from(Array.from({ length: random.whole(0, 300) }, () => random.whole(0, 255))),
      ]
  }
}

/** A report of a real run, with a few fields or letters that are not as they should be. */
function oddReport(random: Random): string {
  let text = REPORT.replace(
    /2026-09-01/g,
    `20${random.whole(10, 26)}-0${random.whole(1, 9)}-${random.whole(10, 28)}`,
  )
  for (let turn = random.whole(0, 4); turn > 0; turn--) {
    const members = [...text.matchAll(/"[\w-]+":/g)]
    const { index, 0: member } = random.pick(members)
    const begin = index + member.length
    const end = begin + (/^("[^"]*"|[^,}\]]*)/.exec(text.slice(begin))?.[0].length ?? 0)
    text = `${text.slice(0, begin)}${JSON.stringify(random.chance(0.3) ? null : odd(random))}${text.slice(end)}`
  }
  return random.chance(0.1) ? text.slice(0, random.whole(0, text.length)) : text
}

function multipart(random: Random): Buffer {
  const part = () =>
    `--fuzz\r\nContent-Disposition: form-data; name="${random.pick(FIELDS)}"; filename="${odd(random).replaceAll('"', '')}"\r\n\r\n${odd(random)}\r\n`
  return Buffer.from(`${part()}${part()}${random.chance(0.8) ? '--fuzz--\r\n' : ''}`, 'latin1')
}

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  Accept: ['text/html', '*/*', 'application/json', 'text/html;q=x', ','],
  'Accept-Language': ['de', 'zh-Hans,zh;q=0.9', 'xx-XX', '*', 'en;q=9', '-', 'i-klingon', 'ar-u-nu-arab'],
  'Accept-Encoding': ['gzip', 'br', 'identity;q=0', '*;q=0', 'gzip;q=2'],
  Authorization: ['Bearer', 'Bearer x', 'Basic', 'Basic %%%', 'Basic Og==', 'Digest x="', 'bearer  ds_x'],
  'X-API-Key': ['ds_x', '__proto__'],
  Cookie: [
    'ds_session=x',
    'ds_prefs=zone=Mars/X&theme=',
    'ds_flash=e30',
    'ds_flash=bnVsbA',
    'ds_zone=%',
    '=;=;',
    'a',
  ],
  'If-None-Match': ['*', '""', 'W/"'],
  Range: ['bytes=0-', 'bytes=-1', 'bytes=9-1'],
  'Content-Encoding': ['gzip', 'deflate', 'br', 'identity', 'gzip, gzip'],
  'X-Forwarded-For': ['203.0.113.9', 'unknown', '203.0.113.9, 198.51.100.1', '::', '203.0.113.9:8080', ','],
  'X-Forwarded-Proto': ['https', 'http,https', ''],
  'X-Forwarded-Host': ['evil.example', 'a b', '[::1'],
  'X-Ingress-Path': ['/', '//evil.example', '/api/hassio_ingress/../x', '/api/hassio_ingress/'],
  // None is an id: whoever the Supervisor names by a real one is somebody.
  'X-Remote-User-Id': ['0'.repeat(31), 'admin', 'z'.repeat(32)],
  'X-Remote-User-Name': ['admin'],
  Origin: ['null', 'https://evil.example', 'http://127.0.0.1', 'x'],
  'Sec-Fetch-Site': ['cross-site', 'same-origin', 'none', 'x'],
  Expect: ['100-continue', 'x'],
  'Content-Length': ['-1', '1e3', '99999999999999999999'],
  'Transfer-Encoding': ['chunked', 'gzip'],
  Upgrade: ['websocket', 'h2c'],
  'User-Agent': ['', 'Mozilla/5.0 (X11; Linux) Firefox/130'],
  Referer: ['x', 'https://evil.example/'],
}

/** A few headers that the program reads, or that others add; some of them twice. */
function headersOf(random: Random): string[][] {
  const count = random.chance(0.3) ? 0 : random.whole(1, 4)
  return Array.from({ length: count }, () => {
    const [name, values] = random.pick(Object.entries(HEADERS))
    // Who has no session must not find one, and who comes from outside must not come from here.
    const isOdd = random.chance(0.3) && name !== 'X-Forwarded-For' && name !== 'X-Remote-User-Id'
    return [name, isOdd ? odd(random) : random.pick(values)]
  })
}

/** A few bytes are others: what the parser of HTTP itself must refuse. */
function withOddBytes(random: Random, bytes: Buffer, headLength: number): Buffer {
  const changed = Buffer.from(bytes)
  for (let turn = random.whole(1, 3); turn > 0; turn--)
    changed[random.whole(0, Math.max(0, headLength - 5))] = random.whole(0, 255)
  return changed
}
