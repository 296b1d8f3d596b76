/** How this installation presents itself at a broker. Every id and topic below starts with `instance`. */
export interface Presence {
  /** `State.instance`: two installations on one broker never touch each other's topics. */
  readonly instance: string
  /** First part of every topic of ours, `duplistatus`; see `topicPrefix`. */
  readonly prefix: string
  /** Discovery prefix of Home Assistant; null where no documents are published. */
  readonly discovery: string | null
  /** One device a job, or one device a server with its jobs as entities. */
  readonly devices: 'jobs' | 'servers'
  readonly version: string
  readonly homepage: string
  /** Where people open the page: `homeassistant://app/<slug>`, `http(s)://...`, or null where we do not know. */
  readonly page: string | null
}

const PREFIX = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/

/** A prefix that is safe in every topic (no wildcards, no empty parts); null where it is not. */
export function topicPrefix(raw: string): string | null {
  const trimmed = raw.trim()
  return trimmed.length <= 100 && PREFIX.test(trimmed) ? trimmed : null
}

/** The word for the discovery setting: a prefix, or `off` for none. Anything unsafe counts as the default. */
export function discoveryPrefix(raw: string): string | null {
  if (/^(off|false|no|0|)$/i.test(raw.trim())) return null
  if (/^(on|true|yes|1)$/i.test(raw.trim())) return 'homeassistant'
  return topicPrefix(raw) ?? 'homeassistant'
}
