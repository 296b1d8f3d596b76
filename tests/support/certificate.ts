import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
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
