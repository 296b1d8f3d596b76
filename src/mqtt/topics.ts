import type { Job } from '../domain/job.ts'
import type { Presence } from './presence.ts'

/** Identifier of the installation: `ds_<instance>`; those of servers and jobs append their own id. */
export function identifier(presence: Presence, id?: string): string {
  return id === undefined ? `ds_${presence.instance}` : `ds_${presence.instance}_${id}`
}

/** `<prefix>/<instance>`, without a slash at the end. */
export function root(presence: Pick<Presence, 'prefix' | 'instance'>): string {
  return `${presence.prefix}/${presence.instance}`
}

export function bridgeTopic(
  presence: Presence,
  leaf: 'availability' | 'state' | 'event' | 'command',
): string {
  return `${root(presence)}/bridge/${leaf}`
}

export function serverTopic(presence: Presence, serverId: string, leaf: 'availability' | 'state'): string {
  return `${root(presence)}/${serverId}/${leaf}`
}

export function jobTopic(
  presence: Presence,
  job: Pick<Job, 'id' | 'serverId'>,
  leaf: 'state' | 'attributes' | 'event' | 'command',
): string {
  return `${root(presence)}/${job.serverId}/${job.id}/${leaf}`
}

/** Topic of a device document: `<discovery>/device/ds_<instance>[_<id>]/config`. */
export function documentTopic(discovery: string, presence: Presence, id?: string): string {
  return `${discovery}/device/${identifier(presence, id)}/config`
}

/** Whether a topic holds a device document of this installation, under whatever discovery prefix. */
export function isDocumentTopic(presence: Pick<Presence, 'instance'>, topic: string): boolean {
  const match = /\/device\/ds_([a-z0-9]+)(_(srv|job)_[a-z0-9]+)?\/config$/.exec(topic)
  return match?.[1] === presence.instance
}
