import type { Identity } from './run.ts'

/** What a job is called whose report names none. */
export const UNNAMED = 'unnamed'

/** What a server is called that says nothing of itself: by the address that reports. */
export function unidentifiedName(identity: Identity): string {
  return identity.sender === null ? 'unidentified' : `unidentified (${identity.sender})`
}
