/** How URLs are built for one request: the base path differs between doors, and in Home Assistant per session. */
export interface Mount {
  /** '' or a path without trailing slash. */
  readonly base: string
  /** An address inside the product. Query values that are undefined, null or '' are left out. */
  link(path: string, query?: Readonly<Record<string, string | number | boolean | null | undefined>>): string
  /** The address of a file under `views/assets` or of a vendor file; changes with its content. */
  asset(name: string): string
}

/** `assetHash` stands in the path, so that whole trees are cached for ever and relative imports stay inside. */
export function createMount(base: string, assetHash: string): Mount {
  return {
    base,
    link(path, query = {}) {
      const parts = Object.entries(query).filter(
        ([, value]) => value !== undefined && value !== null && value !== '',
      )
      const search = parts.map(
        ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
      )
      return `${base}${path}${search.length === 0 ? '' : `?${search.join('&')}`}`
    },
    asset: (name) => `${base}/assets/${assetHash}/${name}`,
  }
}

/** The shape of `X-Ingress-Path` (Home Assistant: `/api/hassio_ingress/<token>`). */
export const INGRESS_PATH = /^\/api\/hassio_ingress\/[A-Za-z0-9_-]{1,128}$/
