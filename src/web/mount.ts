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
      const isFiltered = INGRESS_PATH.test(base)
      const search = parts
        .map(([name, value]) =>
          isFiltered ? wrapped(name, String(value)) : ([name, String(value)] as const),
        )
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      return `${base}${path}${search.length === 0 ? '' : `?${search.join('&')}`}`
    },
    asset: (name) => `${base}/assets/${assetHash}/${name}`,
  }
}

/**
 * Home Assistant answers 400 where a query looks like an attack, as a path that somebody searches for may (`=/d/photos`,
 * `../`). What is not plain travels as base64url under `~name`; `home-assistant.js` does the same to forms.
 */
function wrapped(name: string, value: string): readonly [string, string] {
  if (/^[\p{L}\p{N} _.,:@-]*$/u.test(value) && !value.includes('..')) return [name, value]
  return [`~${name}`, Buffer.from(value).toString('base64url')]
}

/** The query as it was meant; a value that is given twice is left alone. */
export function unwrapped<T>(query: Readonly<Record<string, T>>): Record<string, T | string> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) =>
      name.startsWith('~') && typeof value === 'string'
        ? [name.slice(1), Buffer.from(value, 'base64url').toString()]
        : [name, value],
    ),
  )
}

/** The shape of `X-Ingress-Path` (Home Assistant: `/api/hassio_ingress/<token>`). */
export const INGRESS_PATH = /^\/api\/hassio_ingress\/[A-Za-z0-9_-]{1,128}$/
