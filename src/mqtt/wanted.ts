import { incidentsOf } from '../domain/incidents-of.ts'
import type { Job, JobState } from '../domain/job.ts'
import type { Server } from '../domain/server.ts'
import type { State } from '../domain/state.ts'
import { discoveryDocuments, type Household, type Say } from './discovery.ts'
import type { Presence } from './presence.ts'
import {
  hubPayload,
  isReachable,
  type JudgedJob,
  jobAttributes,
  jobPayload,
  serverPayload,
} from './states.ts'
import { bridgeTopic, jobTopic, serverTopic } from './topics.ts'

/** Whatever decides what is said: pure, so that the same state gives the same topics. */
export interface Outlook {
  readonly state: State
  readonly judge: (job: Job, server: Server) => JobState
  readonly presence: Presence
  readonly say: Say
}

/**
 * Every retained topic that should stand at the broker, in the order in which it is to be published: documents
 * from the hub down, then states, availability of the installation last.
 */
export function wantedTopics(outlook: Outlook): Map<string, string> {
  const { presence, say } = outlook
  const households = householdsOf(outlook.state)
  const topics = discoveryDocuments(presence, households, say)
  const put = (topic: string, document: object) => topics.set(topic, JSON.stringify(document))
  const everyJob: JudgedJob[] = []
  for (const { server, jobs } of households) {
    const judged = jobs.map((job) => judgedJob(outlook, server, job))
    everyJob.push(...judged)
    put(serverTopic(presence, server.id, 'state'), serverPayload(server, judged))
    if (server.connection !== null) {
      topics.set(serverTopic(presence, server.id, 'availability'), isReachable(server) ? 'online' : 'offline')
    }
    for (const one of judged) {
      put(jobTopic(presence, one.job, 'state'), jobPayload(one))
      put(jobTopic(presence, one.job, 'attributes'), jobAttributes(one, presence, say))
    }
  }
  const servers = households.map((one) => one.server)
  put(bridgeTopic(presence, 'state'), hubPayload(servers, everyJob))
  return topics.set(bridgeTopic(presence, 'availability'), 'online')
}

/** Servers and jobs that are not archived, oldest first, so that order never changes by itself. */
export function householdsOf(state: State): readonly Household[] {
  const jobs = Object.values(state.jobs).filter((job) => job.archivedAt === null)
  return Object.values(state.servers)
    .filter((server) => server.archivedAt === null)
    .sort(byAge)
    .map((server) => ({ server, jobs: jobs.filter((job) => job.serverId === server.id).sort(byAge) }))
}

function judgedJob({ state, judge }: Outlook, server: Server, job: Job): JudgedJob {
  return { job, server, state: judge(job, server), incidents: incidentsOf(state, job) }
}

function byAge(one: { createdAt: string; id: string }, other: { createdAt: string; id: string }): number {
  return compare(one.createdAt, other.createdAt) || compare(one.id, other.id)
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
