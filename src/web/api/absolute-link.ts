import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'

/** A full address of a page, by the public address where one is set, else as this reader sees us. */
export function absoluteLink(house: House, visit: Visit, path: string): string {
  const { publicUrl } = house.settings
  return publicUrl === '' ? `${visit.origin}${visit.link(path)}` : `${publicUrl.replace(/\/+$/, '')}${path}`
}
