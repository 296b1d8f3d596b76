import type { House } from './house.ts'
import type { Visit } from './visit.ts'

/**
 * Where Duplicati sends its reports, as this visitor reaches us. Behind ingress they come by the public port: Duplicati
 * has no session of Home Assistant.
 */
export function reportAddress(house: House, visit: Pick<Visit, 'origin' | 'base' | 'door'>): string {
  const { publicUrl, port, basePath } = house.settings
  if (publicUrl !== '') return `${publicUrl.replace(/\/$/, '')}/api/upload`
  if (visit.door === 'public') return `${visit.origin}${visit.base}/api/upload`
  const { hostname } = URL.canParse(visit.origin)
    ? new URL(visit.origin)
    : { hostname: 'homeassistant.local' }
  return `http://${hostname}:${port}${basePath}/api/upload`
}
