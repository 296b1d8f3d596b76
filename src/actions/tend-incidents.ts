import { markExpected } from '../domain/anomaly-incident.ts'
import { Failure } from '../domain/failure.ts'
import { acknowledge, resetNotices, snooze, unacknowledge } from '../domain/incident-actions.ts'
import { serverName } from '../domain/server.ts'
import type { State } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { type AuditLine, type Doer, signed } from './actor.ts'
import { resendNotice } from './resend-notice.ts'

export interface TendIncidentsNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<State>
  audit(line: AuditLine): Promise<void>
  changed(why: string): void
  /** Something may be owed now. */
  wakeNotices(): void
}

/** Each throws Failure `not-found` where none of the incidents is open any more, or the notice is not kept. */
export interface TendIncidents {
  acknowledge(ids: readonly string[], by: Doer): Promise<void>
  unacknowledge(ids: readonly string[], by: Doer): Promise<void>
  /** null ends a snooze. */
  snooze(ids: readonly string[], until: Date | null, by: Doer): Promise<void>
  /** The odd figures of an anomaly are right, and the usual ones from now on. */
  expected(ids: readonly string[], by: Doer): Promise<void>
  /** Forgets what was told, so that every open incident is told anew. */
  reset(by: Doer): Promise<void>
  resend(noticeId: string, by: Doer): Promise<void>
}

/** What people do about open incidents and their notices; each with a line in the audit log. */
export function tendIncidents(needs: TendIncidentsNeeds): TendIncidents {
  async function each(
    ids: readonly string[],
    verb: string,
    by: Doer,
    step: (state: State, id: string) => State,
    changes?: AuditLine['changes'],
  ): Promise<void> {
    let before = needs.state()
    await needs.change((state) => {
      before = state
      return openOnes(state, ids).reduce(step, state)
    })
    for (const id of openOnes(before, ids)) {
      const line = { action: `incident.${verb}`, ...signed(by), target: nameOf(before, id) }
      await needs.audit({ ...line, result: 'done', ...(changes === undefined ? {} : { changes }) })
    }
    needs.changed('incident')
  }

  return {
    acknowledge: (ids, by) =>
      each(ids, 'acknowledge', by, (state, id) => acknowledge(state, id, by.who, needs.clock.now())),
    unacknowledge: (ids, by) => each(ids, 'unacknowledge', by, unacknowledge),
    snooze: (ids, until, by) =>
      each(ids, until === null ? 'wake' : 'snooze', by, (state, id) => snooze(state, id, until), {
        until: [null, until?.toISOString() ?? null],
      }),
    expected: (ids, by) =>
      each(ids, 'expected', by, (state, id) =>
        state.incidents[id]?.cause === 'anomaly' ? markExpected(state, id, needs.clock.now()) : state,
      ),

    async reset(by) {
      await needs.change(resetNotices)
      await needs.audit({ action: 'notices.reset', ...signed(by), result: 'done' })
      needs.changed('notices')
    },

    async resend(noticeId, by) {
      await resendNotice(needs, noticeId)
      const notice = needs.state().notices[noticeId]
      const target = notice === undefined ? noticeId : `${notice.channel} ${notice.to ?? ''}`.trim()
      await needs.audit({ action: 'notice.resend', ...signed(by), result: 'done', target })
      needs.wakeNotices()
      needs.changed('notices')
    },
  }
}

/** Those that are still open; a page may be older than the end of an incident. */
function openOnes(state: State, ids: readonly string[]): readonly string[] {
  const open = ids.filter((id) => Object.hasOwn(state.incidents, id))
  if (open.length === 0) throw new Failure('not-found', text('failure.no-such-incident'))
  return open
}

/** As a person knows it: "overdue: Photos (NAS)". */
function nameOf(state: State, id: string): string {
  const incident = state.incidents[id]
  if (incident === undefined) return id
  const server = state.servers[incident.serverId]
  const job = incident.jobId === null ? undefined : state.jobs[incident.jobId]
  const where = server === undefined ? incident.serverId : serverName(server)
  return `${incident.cause}: ${job === undefined ? where : `${job.name} (${where})`}`
}
