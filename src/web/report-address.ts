import { isIP } from 'node:net'
import { isLocal } from './address.ts'
import type { House } from './house.ts'
import type { Visit } from './visit.ts'

export interface ReportAddress {
  readonly address: string
  /** Home Assistant says that nothing from outside gets to our port. */
  readonly isClosed: boolean
  /** The host is our guess, because this browser reaches Home Assistant by a name that the world knows. */
  readonly isGuessed: boolean
}

/**
 * Where Duplicati sends its reports, as this visitor reaches us. Behind ingress they come by the public port, as the
 * add-on's settings lead to it: Duplicati has no session of Home Assistant, and a remote address of Home Assistant
 * does not lead to that port.
 */
export async function reportAddress(
  house: House,
  visit: Pick<Visit, 'origin' | 'base' | 'door'>,
): Promise<ReportAddress> {
  const { publicUrl, port, basePath } = house.settings
  const sure = { isClosed: false, isGuessed: false }
  if (publicUrl !== '') return { ...sure, address: `${publicUrl.replace(/\/$/, '')}/api/upload` }
  if (visit.door === 'public') return { ...sure, address: `${visit.origin}${visit.base}/api/upload` }
  const reach = await house.homeAssistant.reach()
  const seen = URL.canParse(visit.origin) ? new URL(visit.origin).hostname : ''
  const isGuessed = !isOfThisNetwork(seen)
  const host = isGuessed ? (reach?.host ?? 'homeassistant.local') : seen
  const address = `http://${host}:${reach?.port ?? port}${basePath}/api/upload`
  return { address, isGuessed, isClosed: reach !== null && reach.port === null }
}

/** A local address, a name without a dot, or one below a name that only home networks use. */
function isOfThisNetwork(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return isLocal(bare)
  return (
    /^[a-z0-9-]+$/i.test(hostname) ||
    /\.(local|lan|home|internal|intranet|localdomain|home\.arpa|fritz\.box)$/i.test(hostname)
  )
}
