import type { ServerChanges } from '../../actions/change-server.ts'
import { NEW_CONNECTION } from '../../domain/remote-reach.ts'
import type { Server } from '../../domain/server.ts'
import { text } from '../../domain/text.ts'
import type { House } from '../house.ts'
import { type Reading, readForm } from '../settings/form.ts'
import { fieldsOf, unmasked } from './server-fields.ts'

/** What the form of a server changes. */
export function readChanges(
  form: URLSearchParams,
  server: Server,
  house: House,
): { reading: Reading; changes: ServerChanges } {
  const reading = withTlsFault(readForm(fieldsOf(server.id), house, form))
  const changes = reading.values as ServerChanges
  const before = (server.connection ?? NEW_CONNECTION).headers
  return {
    reading,
    changes:
      changes.headers === undefined ? changes : { ...changes, headers: unmasked(changes.headers, before) },
  }
}

/** A certificate that is to be pinned, or an authority of one's own, must be there. */
export function withTlsFault(reading: Reading): Reading {
  const { values } = reading
  const missing =
    values['tls'] === 'pinned' && values['pinnedSha256'] === null
      ? 'pinnedSha256'
      : values['tls'] === 'own-ca' && values['caPem'] === null
        ? 'caPem'
        : null
  if (missing === null) return reading
  const failed = new Map(reading.failed)
  failed.set(missing, {
    typed: '',
    fault: text(`servers.fault.needs-${missing === 'caPem' ? 'ca' : 'fingerprint'}`),
  })
  return { ...reading, failed, isGood: false }
}
