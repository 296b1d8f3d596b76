import type { CollectLine } from '../../actions/collect-desk.ts'
import { serverName } from '../../domain/server.ts'
import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'

/** A collection as the page shows it: a bar a server, in the end what came of it; null where there was none. */
export function collectView(house: House, visit: Visit) {
  const going = house.collecting.desk.look()
  if (going === null) return null
  const { servers } = house.store.state()
  const lines = going.lines.map((line) => {
    const server = servers[line.serverId]
    return lineOf(line, server === undefined ? line.serverId : serverName(server), visit)
  })
  return {
    isOver: going.endedAt !== null,
    startedAt: going.startedAt,
    lines,
    sentence: sentenceOf(going.lines, going.endedAt !== null, visit),
  }
}

export type CollectView = NonNullable<ReturnType<typeof collectView>>

function lineOf({ serverId, progress, result }: CollectLine, name: string, visit: Visit) {
  const { words } = visit
  const { step, job, jobsDone, jobsOf, rows, recorded, known, failed } = progress
  const done = hasEnded(progress.step)
  return {
    id: serverId,
    name,
    href: visit.link(`/servers/${serverId}`),
    step,
    isOver: done,
    word: words.say(`collecting.step.${step}`),
    /** 0 to 1; null while nobody knows. */
    share: done ? 1 : jobsOf === null ? null : jobsOf === 0 ? 0 : jobsDone / jobsOf,
    detail:
      step === 'waiting' || step === 'connecting'
        ? ''
        : done
          ? words.say('collecting.result', { recorded, known, failed })
          : words.say('collecting.so-far', {
              job: job ?? '',
              done: jobsDone,
              of: jobsOf ?? 0,
              rows,
              recorded,
            }),
    failed: (result?.failed ?? [])
      .slice(0, 20)
      .map((one) =>
        one.job === null
          ? words.say(one.reason)
          : words.say('collecting.job-failed', { job: one.job, reason: words.say(one.reason) }),
      ),
  }
}

/** Also before the others are: what it comes to in all is told when they are. */
function hasEnded(step: CollectLine['progress']['step']): boolean {
  return step === 'done' || step === 'failed' || step === 'stopped'
}

/** All servers together, in one sentence. */
function sentenceOf(lines: readonly CollectLine[], isOver: boolean, visit: Visit): string {
  const sum = (read: (line: CollectLine) => number) => lines.reduce((all, line) => all + read(line), 0)
  const over = lines.filter((line) => hasEnded(line.progress.step))
  const values = {
    servers: lines.length,
    over: over.length,
    recorded: sum((line) => line.progress.recorded),
    known: sum((line) => line.progress.known),
    failed: sum((line) => line.progress.failed),
  }
  return visit.words.say(isOver ? 'collecting.over' : 'collecting.going', values)
}
