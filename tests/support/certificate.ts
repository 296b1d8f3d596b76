import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestCertificate {
  readonly key: string
  readonly cert: string
  /** SHA-256, capitals with colons. */
  readonly fingerprint: string
}

/** A self-signed certificate for a name or, by default, for this machine; made by the `openssl` command. */
export function selfSigned(names = 'DNS:localhost,IP:127.0.0.1,IP:::1'): TestCertificate {
  const dir = mkdtempSync(join(tmpdir(), 'certificate-'))
  const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const kind = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=duplicati'
  try {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        ...kind.split(' '),
        '-keyout',
        keyFile,
        '-out',
        certFile,
        '-addext',
        `subjectAltName=${names}`,
      ],
      { stdio: 'ignore' },
    )
    const cert = readFileSync(certFile, 'utf8')
    return { key: readFileSync(keyFile, 'utf8'), cert, fingerprint: new X509Certificate(cert).fingerprint256 }
  } finally {
    rmSync(dir, { recursive: true })
  }
}

export interface TestAuthority {
  /** Its own certificate. */
  readonly cert: string
  /** A pair that it signed, for a server on this machine or for a client. */
  sign(use: 'server' | 'client'): { readonly key: string; readonly cert: string }
}

/** A certificate authority of a test; made by the `openssl` command. */
export function testAuthority(): TestAuthority {
  const inFolder = <T>(work: (dir: string, openssl: (line: string) => void) => T): T => {
    const dir = mkdtempSync(join(tmpdir(), 'authority-'))
    try {
      return work(dir, (line) => {
        execFileSync('openssl', line.split(' '), { cwd: dir, stdio: 'ignore' })
      })
    } finally {
      rmSync(dir, { recursive: true })
    }
  }
  const kind = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  const own = inFolder((dir, openssl) => {
    openssl(`req -x509 ${kind} -days 30 -subj /CN=authority -keyout key.pem -out cert.pem`)
    return { key: readFileSync(join(dir, 'key.pem')), cert: readFileSync(join(dir, 'cert.pem'), 'utf8') }
  })
  return {
    cert: own.cert,
    sign: (use) =>
      inFolder((dir, openssl) => {
        writeFileSync(join(dir, 'ca.key'), own.key)
        writeFileSync(join(dir, 'ca.pem'), own.cert)
        const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1'
        writeFileSync(join(dir, 'with'), use === 'server' ? names : 'extendedKeyUsage=clientAuth')
        openssl(`req ${kind} -subj /CN=ours -keyout key.pem -out asked.pem`)
        openssl(
          'x509 -req -in asked.pem -CA ca.pem -CAkey ca.key -set_serial 7 -days 30 -extfile with -out cert.pem',
        )
        return {
          key: readFileSync(join(dir, 'key.pem'), 'utf8'),
          cert: readFileSync(join(dir, 'cert.pem'), 'utf8'),
        }
      }),
  }
}
