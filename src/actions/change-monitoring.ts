import { pauseJob, pauseServer, resumeJob, resumeServer } from '../domain/incident-actions.ts'
import type { Job } from '../domain/job.ts'
import { removeWindow, saveWindow, windowNamed } from '../domain/keep-windows.ts'
import type { MaintenanceWindow } from '../domain/maintenance-window.ts'
import { monitoringSettings } from '../domain/monitoring-settings.ts'
import {
  changeOverrides,
  inheritBelow,
  type OverrideChange,
  type OverrideKey,
  type Subject,
  subjectOf,
} from '../domain/override-changes.ts'
import { refreshExpectations } from '../domain/refresh-expectation.ts'
import { type PauseEnd, serverName } from '../domain/server.ts'
import type { State } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import { type AuditLine, type Doer, signed } from './actor.ts'

export interface ChangeMonitoringNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<State>
  audit(line: AuditLine): Promise<void>
  /** After something was saved that pages and topics show. */
  changed(why: string): void
}

/** Each throws Failure `not-found` where the job, server or window is gone. */
export interface ChangeMonitoring {
  /** Sets apart, for each subject, what `change` says for it; all or none. */
  override(
    subjects: readonly Subject[],
    change: (subject: Subject, state: State) => OverrideChange,
    by: Doer,
  ): Promise<void>
  /** Jobs of a server inherit again; with `all` the server too. */
  inherit(serverId: string, keys: readonly OverrideKey[], what: 'jobs' | 'all', by: Doer): Promise<void>
  pause(subject: Subject, until: PauseEnd, by: Doer): Promise<void>
  resume(subject: Subject, by: Doer): Promise<void>
  /** What people write about a job; what is not named stays. */
  about(jobId: string, about: Partial<Pick<Job, 'note' | 'tags'>>, by: Doer): Promise<void>
  /** Put away, a job keeps its history and raises no alarm; it can be taken out again. */
  archive(jobId: string, isArchived: boolean, by: Doer): Promise<void>
  saveWindow(window: MaintenanceWindow, by: Doer): Promise<void>
  removeWindow(id: string, by: Doer): Promise<void>
  /** After a change of the settings that hold for all jobs. */
  refresh(): Promise<void>
}

/** What is expected of jobs and who is told of them, as people change it; each change with a line in the audit log. */
export function changeMonitoring(needs: ChangeMonitoringNeeds): ChangeMonitoring {
  /** Saves, with the expectations that follow at once: a page must not show those of a minute ago. */
  const save = (step: (state: State) => State) =>
    needs.change((state) => refreshExpectations(step(state), needs.clock.now()))

  async function told(by: Doer, action: string, target: string, changes: AuditLine['changes']) {
    await needs.audit({
      action,
      ...signed(by),
      result: 'done',
      target,
      ...(changes === undefined ? {} : { changes }),
    })
  }

  async function setPause(subject: Subject, end: PauseEnd | null, by: Doer): Promise<void> {
    const before = subjectOf(needs.state(), subject).pausedUntil
    const now = needs.clock.now()
    await save((state) => pausing(state, subject, end, now))
    const verb = end === null ? 'resume' : 'pause'
    await told(by, `${subject.kind}.${verb}`, nameOf(needs.state(), subject), {
      pausedUntil: [before, end],
    })
    needs.changed(`${subject.kind}.${verb}`)
  }

  return {
    async override(subjects, change, by) {
      let before = needs.state()
      const after = await save((state) => {
        before = state
        return subjects.reduce((next, one) => changeOverrides(next, one, change(one, state)), state)
      })
      for (const subject of subjects) {
        const changes = differences(before, after, subject)
        if (Object.keys(changes).length > 0)
          await told(by, `${subject.kind}.monitoring`, nameOf(after, subject), changes)
      }
      needs.changed('monitoring')
    },

    async inherit(serverId, keys, what, by) {
      const server: Subject = { kind: 'server', id: serverId }
      subjectOf(needs.state(), server)
      await save((state) => inheritBelow(state, serverId, keys, what === 'all'))
      await told(by, `server.inherit-${what}`, nameOf(needs.state(), server), undefined)
      needs.changed('monitoring')
    },

    pause: setPause,
    resume: (subject, by) => setPause(subject, null, by),

    async about(jobId, about, by) {
      const job: Subject = { kind: 'job', id: jobId }
      const before = subjectOf(needs.state(), job)
      await needs.change((state) => withJob(state, jobId, about))
      const changes = Object.entries(about).map(([name, now]) => [
        name,
        [before[name as keyof typeof about], now] as const,
      ])
      await told(by, 'job.note', nameOf(needs.state(), job), Object.fromEntries(changes))
      needs.changed('job.note')
    },

    async archive(jobId, isArchived, by) {
      const job: Subject = { kind: 'job', id: jobId }
      subjectOf(needs.state(), job)
      const archivedAt = isArchived ? needs.clock.now().toISOString() : null
      await save((state) => withJob(state, jobId, { archivedAt }))
      const verb = isArchived ? 'job.archive' : 'job.unarchive'
      await told(by, verb, nameOf(needs.state(), job), undefined)
      needs.changed(verb)
    },

    async saveWindow(window, by) {
      const before = monitoringSettings(needs.state()).windows.find((one) => one.id === window.id) ?? null
      await save((state) => saveWindow(state, window))
      await told(by, 'maintenance.save', window.name, { window: [before, window] })
      needs.changed('maintenance')
    },

    async removeWindow(id, by) {
      const before = windowNamed(needs.state(), id)
      await save((state) => removeWindow(state, id))
      await told(by, 'maintenance.remove', before.name, { window: [before, null] })
      needs.changed('maintenance')
    },

    async refresh() {
      await save((state) => state)
      needs.changed('monitoring')
    },
  }
}

function withJob(state: State, jobId: string, change: Partial<Job>): State {
  const known = state.jobs[jobId]
  return known === undefined ? state : { ...state, jobs: { ...state.jobs, [jobId]: { ...known, ...change } } }
}

function pausing(state: State, subject: Subject, end: PauseEnd | null, now: Date): State {
  const { kind, id } = subject
  if (end === null) return kind === 'job' ? resumeJob(state, id, now) : resumeServer(state, id, now)
  return kind === 'job' ? pauseJob(state, id, end) : pauseServer(state, id, end)
}

function differences(before: State, after: State, subject: Subject): NonNullable<AuditLine['changes']> {
  const old: Readonly<Record<string, unknown>> = { ...subjectOf(before, subject).overrides }
  const now: Readonly<Record<string, unknown>> = { ...subjectOf(after, subject).overrides }
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])]
  const moved = keys.filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]))
  return Object.fromEntries(moved.map((key) => [key, [old[key] ?? null, now[key] ?? null] as const]))
}

/** As a person knows it: "Photos on NAS". */
function nameOf(state: State, subject: Subject): string {
  const found = subjectOf(state, subject)
  if (!('serverId' in found)) return serverName(found)
  const server = state.servers[found.serverId]
  return server === undefined ? found.name : `${found.name} (${serverName(server)})`
}
