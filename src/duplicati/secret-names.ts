/**
 * Whether the value of `name=` is a secret. Duplicati's backends call them `auth-password`, `aws-secret-access-key`,
 * `azure-access-key`, `b2-applicationkey`, `authid`, `storj-shared-access`; addresses carry `sig` and `token`.
 */
export function isSecretOption(name: string): boolean {
  return (CONTAINS.test(name) || WHOLE_PART.test(name)) && !/^public-?key-?token$/i.test(name)
}

/** Whether what stands under `name:` is a secret; stricter, since a colon also ends words of sentences. */
export function isSecretName(name: string): boolean {
  return NAMED.test(name)
}

const CONTAINS =
  /pass(word|phrase|wd)|secret|token|auth-?id|(api|app|application|access|account|encryption|private|shared)[-_]?key|credential|signature|shared-access|access-grant|cookie|two-factor/i
const WHOLE_PART = /(^|[-_.])(pass|pwd|key|sig|pin|otp|auth)$/i
const NAMED =
  /(pass(word|phrase|wd)|pwd|secret|token|auth-?id|(api|app|application|access|account|encryption|private)[-_]?key|credentials?|signature|shared-access|access-grant|(^|-)authorization|cookie)$/i
