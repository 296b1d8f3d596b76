import type { Server } from '../domain/server.ts'

/** Where people reach Duplicati's own page of a server; '' where that is not known or is no web address. */
export function duplicatiPage(server: Pick<Server, 'address' | 'publicAddress'>): string {
  const address = server.publicAddress === '' ? server.address : server.publicAddress
  if (!URL.canParse(address)) return ''
  const { protocol } = new URL(address)
  return protocol === 'http:' || protocol === 'https:' ? address : ''
}

/** The web interface that Duplicati had before 2.1 and serves beside the new one; '' where `duplicatiPage` is. */
export function oldDuplicatiPage(server: Pick<Server, 'address' | 'publicAddress'>): string {
  const page = duplicatiPage(server)
  if (page === '') return ''
  const url = new URL(page)
  url.search = ''
  url.hash = ''
  url.pathname = `${url.pathname.replace(/\/(ngclient|ngax)(\/.*)?$/, '').replace(/\/+$/, '')}/ngax`
  return url.href
}
