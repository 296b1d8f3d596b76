import { mutedOf, muteWarning, unmuteWarning } from '../domain/mute-warning.ts'
import type { PauseEnd } from '../domain/server.ts'
import { serverName } from '../domain/server.ts'
import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import { type AuditLine, type Doer, signed } from './actor.ts'

export interface MuteWarningsNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<State>
  audit(line: AuditLine): Promise<void>
  changed(why: string): void
}

/** Each throws Failure `not-found` where the job is gone, or the warning is not muted. */
export interface MuteWarnings {
  /** A warning is known: alone it raises no alarm. `sample` is one of its texts. */
  mute(jobId: string, warning: { kind: string; sample: string; until: PauseEnd }, by: Doer): Promise<void>
  unmute(jobId: string, kind: string, by: Doer): Promise<void>
}

/** Which warnings of a job people know; each change with a line in the audit log. */
export function muteWarnings(needs: MuteWarningsNeeds): MuteWarnings {
  async function told(verb: 'mute' | 'unmute', jobId: string, by: Doer, changes: AuditLine['changes']) {
    const target = nameOf(needs.state(), jobId)
    const line = { action: `warning.${verb}`, ...signed(by), result: 'done', target } as const
    await needs.audit({ ...line, ...(changes === undefined ? {} : { changes }) })
    needs.changed(`warning.${verb}`)
  }

  return {
    async mute(jobId, { kind, sample, until }, by) {
      const at = needs.clock.now().toISOString()
      await needs.change((state) => muteWarning(state, jobId, { kind, sample, by: by.who, at, until }))
      await told('mute', jobId, by, { warning: [null, sample], until: [null, until] })
    },

    async unmute(jobId, kind, by) {
      let sample = ''
      await needs.change((state) => {
        const next = unmuteWarning(state, jobId, kind)
        sample = mutedOf(state.jobs[jobId] ?? {}, kind).sample
        return next
      })
      await told('unmute', jobId, by, { warning: [sample, null] })
    },
  }
}

/** As a person knows it: "Photos (NAS)". */
function nameOf(state: State, jobId: string): string {
  const job = state.jobs[jobId]
  const server = job === undefined ? undefined : state.servers[job.serverId]
  if (job === undefined) return jobId
  return server === undefined ? job.name : `${job.name} (${serverName(server)})`
}
