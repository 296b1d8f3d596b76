import type { State } from '../domain/state.ts'
import type { Say } from './discovery.ts'
import { happenings } from './happenings.ts'
import type { Presence } from './presence.ts'
import type { Said } from './session.ts'
import { eventPayload } from './states.ts'
import { bridgeTopic, jobTopic } from './topics.ts'

/** What is told once about the way from one state to the next: on the job's event topic and on the hub's. */
export function announcements(before: State, after: State, presence: Presence, say: Say): readonly Said[] {
  return happenings(before, after).flatMap((happening) => {
    const server = after.servers[happening.job.serverId]
    if (server === undefined || server.archivedAt !== null || happening.job.archivedAt !== null) return []
    const payload = JSON.stringify(eventPayload(happening, server, presence, say))
    return [
      { topic: jobTopic(presence, happening.job, 'event'), payload },
      { topic: bridgeTopic(presence, 'event'), payload },
    ]
  })
}
