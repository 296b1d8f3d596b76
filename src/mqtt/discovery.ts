import type { Job } from '../domain/job.ts'
import { type Server, serverName } from '../domain/server.ts'
import type { Text } from '../domain/text.ts'
import type { Entity, EntityDocument } from './entity.ts'
import { hubEntities, serverEntities } from './hub-entities.ts'
import { jobEntities } from './job-entities.ts'
import { label, slug } from './label.ts'
import type { Presence } from './presence.ts'
import { bridgeTopic, documentTopic, identifier, jobTopic, serverTopic } from './topics.ts'

/** Name under which our documents are known at a broker. */
export const ORIGIN = 'duplistatus'

/** A server with its jobs, none of them archived. */
export interface Household {
  readonly server: Server
  readonly jobs: readonly Job[]
}

export type Say = (text: Text) => string

/**
 * The device documents of an installation: topic to JSON, in the order in which they are to be published, because
 * a device that names an unknown parent gets an empty placeholder for it. Empty where discovery is off.
 */
export function discoveryDocuments(
  presence: Presence,
  households: readonly Household[],
  say: Say,
): Map<string, string> {
  const documents = new Map<string, string>()
  const discovery = presence.discovery
  if (discovery === null) return documents
  const put = (id: string | undefined, document: object) =>
    documents.set(documentTopic(discovery, presence, id), JSON.stringify(document))
  put(undefined, hubDocument(presence, households, say))
  for (const household of households) put(household.server.id, serverDocument(presence, household, say))
  if (presence.devices === 'servers') return documents
  for (const { server, jobs } of households) {
    for (const job of jobs) put(job.id, jobDocument(presence, server, job, say))
  }
  return documents
}

function hubDocument(presence: Presence, households: readonly Household[], say: Say): object {
  const entities = hubEntities(
    presence,
    households.map((one) => one.server),
  )
  return {
    dev: {
      ids: [identifier(presence)],
      name: ORIGIN,
      mf: ORIGIN,
      mdl: say({ key: 'mqtt.device.hub' }),
      sw: presence.version,
      ...page(presence.page),
    },
    ...shared(presence, bridgeTopic(presence, 'state')),
    cmps: components(entities, identifier(presence), ORIGIN, say),
  }
}

function serverDocument(presence: Presence, { server, jobs }: Household, say: Say): object {
  const name = nameOf(server)
  const own = components(serverEntities(server), identifier(presence, server.id), slugOf(server), say)
  const theirs =
    presence.devices === 'jobs' ? [] : jobs.map((job) => jobsOnServer(presence, server, job, say))
  return {
    dev: {
      ids: [identifier(presence, server.id)],
      name,
      mf: 'Duplicati',
      mdl: say({ key: 'mqtt.device.server' }),
      ...(server.duplicatiVersion === null ? {} : { sw: label(server.duplicatiVersion, '?') }),
      via_device: identifier(presence),
      ...page(webPage(server.publicAddress) ?? webPage(server.address)),
    },
    ...shared(presence, serverTopic(presence, server.id, 'state')),
    cmps: Object.assign({}, own, ...theirs),
  }
}

function jobDocument(presence: Presence, server: Server, job: Job, say: Say): object {
  const own = identifier(presence, job.id)
  return {
    dev: {
      ids: [own],
      name: `${nameOf(server)} ${label(job.name, job.id)}`,
      mf: 'Duplicati',
      mdl: say({ key: 'mqtt.device.job' }),
      via_device: identifier(presence, server.id),
      ...page(jobPage(presence, job)),
    },
    ...shared(presence, jobTopic(presence, job, 'state')),
    cmps: components(jobEntities(presence, server, job), own, jobSlug(server, job), say),
  }
}

/** A job's entities on its server's device: the same unique ids, so that switching only moves them. */
function jobsOnServer(presence: Presence, server: Server, job: Job, say: Say): EntityDocument {
  const entities = jobEntities(presence, server, job)
  const placed = components(entities, identifier(presence, job.id), jobSlug(server, job), say)
  const name = label(job.name, job.id)
  return Object.fromEntries(
    Object.entries(placed).map(([key, entity]) => [
      `${job.id}_${key}`,
      {
        ...(entity['p'] === 'button' ? {} : { stat_t: jobTopic(presence, job, 'state') }),
        ...entity,
        name: entity['name'] === null ? name : `${name} ${entity['name']}`,
      },
    ]),
  )
}

function components(
  entities: readonly Entity[],
  owner: string,
  ids: string,
  say: Say,
): Record<string, EntityDocument> {
  return Object.fromEntries(
    entities.map(({ key, platform, name, id, rest }) => [
      key,
      {
        p: platform,
        uniq_id: `${owner}_${key}`,
        name: name === null ? null : say(name),
        def_ent_id: `${platform}.${[ids, id].filter((part) => part !== '').join('_')}`,
        ...rest,
      },
    ]),
  )
}

function shared(presence: Presence, stateTopic: string): object {
  return {
    o: { name: ORIGIN, sw: presence.version, url: presence.homepage },
    avty: [{ t: bridgeTopic(presence, 'availability') }],
    stat_t: stateTopic,
    qos: 1,
  }
}

function nameOf(server: Server): string {
  return label(serverName(server), server.id)
}

function slugOf(server: Server): string {
  return slug(serverName(server), server.id)
}

function jobSlug(server: Server, job: Job): string {
  return `${slugOf(server)}_${slug(job.name, job.id)}`
}

function page(address: string | null): object {
  return address === null ? {} : { cu: address }
}

function jobPage(presence: Presence, job: Job): string | null {
  return presence.page === null ? null : `${presence.page}/jobs/${job.id}`
}

/**
 * Home Assistant refuses a whole document whose address is not http(s) with a host: written as a browser understands
 * it, and without a password.
 */
function webPage(address: string): string | null {
  if (address.length > 500 || !/^https?:\/\//i.test(address) || !URL.canParse(address)) return null
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href
}
