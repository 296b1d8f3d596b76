import t from 'tap'
import { maskBytes, maskSecrets } from '../../src/duplicati/mask.ts'

t.test('secrets are masked wherever Duplicati writes them', async (t) => {
  const cases: [string, string][] = [
    ['ftp://user:pw@host/path', 'ftp://***@host/path'],
    ['ssh://user@host', 'ssh://***@host'],
    ['webdavs://DOMAIN\\me:p@ss@host:8080/a@b', 'webdavs://***@host:8080/a@b'],
    ['ftp://me:pa/ss/word@host/path', 'ftp://***@host/path'],
    ['see http://host:8080/@scope/package', 'see http://host:8080/@scope/package'],
    ['file:///home/me@work', 'file:///home/me@work'],
    [
      's3://bucket?aws-access-key-id=AK&aws-secret-access-key=s/e+c=&use-ssl',
      's3://bucket?aws-access-key-id=***&aws-secret-access-key=***&use-ssl',
    ],
    ['googledrive://x?authid=abc%3Adef&a=b', 'googledrive://x?authid=***&a=b'],
    ['https://x.blob?sv=1&sig=abc%2F&se=2', 'https://x.blob?sv=1&sig=***&se=2'],
    ['--passphrase=a&b --x=1', '--passphrase=*** --x=1'],
    ['--passphrase="a b" next', '--passphrase="***" next'],
    ["auth-password='a b' next", "auth-password='***' next"],
    ['password = secret next', 'password = *** next'],
    ['"Password": "a \\" b", "User": "me"', '"Password": "***", "User": "me"'],
    ['{\\"passphrase\\":\\"abc\\",\\"x\\":1}', '{\\"passphrase\\":\\"***\\",\\"x\\":1}'],
    ['Authorization: Basic dXNlcjpwYXNz and more\nnext', 'Authorization: ***\nnext'],
    ['sent Bearer eyJhbGciOi1.x.y now', 'sent Bearer *** now'],
    ['the bearer certificate expired', 'the bearer certificate expired'],
    ['https://api.telegram.org/bot123456:AAF-abcdef_gh/send', 'https://api.telegram.org/bot***/send'],
    [
      '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----',
      '-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----',
    ],
    ['-----BEGIN PRIVATE KEY-----\nabc', '-----BEGIN PRIVATE KEY-----***'],
    [
      '-----BEGIN CERTIFICATE-----\nabc-----END CERTIFICATE-----',
      '-----BEGIN CERTIFICATE-----\nabc-----END CERTIFICATE-----',
    ],
    [
      'Failed to decrypt (invalid passphrase?): Invalid data',
      'Failed to decrypt (invalid passphrase?): Invalid data',
    ],
    ['Culture=neutral, PublicKeyToken=b77a5c561934e089', 'Culture=neutral, PublicKeyToken=b77a5c561934e089'],
    ['monkey=1 passed=2 keep-time=3M design=x', 'monkey=1 passed=2 keep-time=3M design=x'],
    ['token://x', 'token://x'],
    ['password=', 'password='],
    ['key="unclosed\nnext line', 'key="***\nnext line'],
    ['nothing to hide', 'nothing to hide'],
  ]
  for (const [text, masked] of cases) {
    t.equal(maskSecrets(text), masked, text)
    t.equal(maskSecrets(masked), masked, 'masking twice changes nothing')
  }
})

t.test('masking twice changes nothing, whatever the text', async (t) => {
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    return (seed >> 8) % below
  }
  const parts = [
    'a',
    '://',
    '@',
    ':',
    '=',
    'password',
    'token',
    '"',
    "'",
    '\\',
    ' ',
    '&',
    '?',
    '/',
    '--',
    '\n',
    'key',
    '***',
    'Bearer ',
    'x1y2z3w4',
    '-----BEGIN PRIVATE KEY-----',
    '-----END',
    '/bot1:',
    'authorization',
    ',',
  ]
  for (let round = 0; round < 20_000; round++) {
    let text = ''
    for (let left = random(14); left >= 0; left--) text += parts[random(parts.length)]
    const once = maskSecrets(text)
    if (maskSecrets(once) !== once) t.fail(JSON.stringify({ text, once, twice: maskSecrets(once) }))
  }
  t.equal(maskSecrets('a=b'), 'a=b')
})

t.test('a body that is set aside is masked in its own framing', async (t) => {
  const masked = (body: string | Uint8Array) => Buffer.from(maskBytes(Buffer.from(body))).toString()
  t.equal(masked('{"Extra":{"RemoteUrl":"ftp://me:pw@host"}'), '{"Extra":{"RemoteUrl":"ftp://***@host"}')
  t.equal(
    masked(`message=${encodeURIComponent('ftp://me:pw@host --passphrase=x y')}&token=abc`),
    `message=${encodeURIComponent('ftp://***@host --passphrase=*** y')}&token=***`,
  )
  t.equal(masked(Buffer.from('ftp://me:pw@host', 'utf16le')), 'ftp://***@host')
  t.equal(masked('message=%zz+%ff%'), `message=${encodeURIComponent('%zz ÿ%')}`)
  t.equal(masked('a=\ud800'), `a=${encodeURIComponent('\ufffd')}`)
  t.equal(masked(''), '')
})

t.test('hostile texts are masked in linear time', async (t) => {
  // Each would take minutes if the time grew with the square of its length; the runner ends the file long before.
  const parts = [
    '://',
    'a://b:c',
    'a://b:c/',
    'a://b:c/d@',
    'password=',
    'password:',
    'password="',
    "password='\\",
    '=',
    ':',
    'Bearer ',
    '/bot1',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    '@',
    'password = ',
    '"key": "',
    'a',
  ]
  for (const part of parts) {
    const text = `token ${part.repeat(1_000_000 / part.length)}`
    const once = maskSecrets(text)
    t.ok(maskSecrets(once) === once, part)
  }
})
