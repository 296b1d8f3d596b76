import type { Reach } from '../../domain/remote-shape.ts'
import type { Connection } from '../../domain/server.ts'
import type { House } from '../house.ts'
import { type Reading, readForm } from '../settings/form.ts'
import { withTlsFault } from './read-changes.ts'
import { NEW_FIELDS } from './server-fields.ts'

/** How new servers are to be reached, as the form says it. A certificate that was just accepted goes before. */
export function readReach(
  form: URLSearchParams,
  house: House,
): { reading: Reading; reach: Omit<Reach, 'address'> } {
  const pin = form.get('pin') ?? form.get('pinned') ?? ''
  if (pin !== '') {
    form.set('pinnedSha256', pin)
    form.set('tls', 'pinned')
  }
  for (const { key, default: initial } of NEW_FIELDS)
    if (!form.has(key) && initial !== '') form.set(key, String(initial))
  const reading = withTlsFault(readForm(NEW_FIELDS, house, form))
  const { values } = reading
  return {
    reading,
    reach: {
      auth: values['auth'] as Connection['auth'],
      tls: values['tls'] as Connection['tls'],
      pinnedSha256: (values['pinnedSha256'] ?? null) as string | null,
      caPem: (values['caPem'] ?? null) as string | null,
      headers: (values['headers'] ?? {}) as Record<string, string>,
      secret: reading.secrets.get('secret') ?? null,
    },
  }
}

/** Addresses stand on lines of their own, or between commas or blanks. */
export function splitAddresses(typed: string): string[] {
  return [...new Set(typed.split(/[\s,;]+/).filter((address) => address !== ''))]
}
