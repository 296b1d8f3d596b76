import type { Incident } from '../domain/incident.ts'
import type { Notice } from '../domain/notice.ts'
import { text } from '../domain/text.ts'
import type { Message } from './channel.ts'
import type { Subject } from './job-values.ts'
import { jobMessage } from './message.ts'
import { digestMessage } from './message-digest.ts'
import type { Material } from './message-parts.ts'
import type { Template, TemplateKind } from './template-variables.ts'

/** What a template would say: of a real job and run, with a problem made up where there is none. */
export function previewMessage(
  kind: TemplateKind,
  template: Template,
  material: Omit<Material, 'notices' | 'incidents'>,
  subject: Pick<Subject, 'job' | 'server'> | null,
): Message | null {
  const own = new Map(material.settings.templates.own).set(kind, template)
  const settings = { ...material.settings, templates: { ...material.settings.templates, own } }
  const whole: Material = {
    ...material,
    settings,
    notices: [noticeFor(kind, material.now)],
    incidents: new Map(),
  }
  if (kind === 'digest') return material.digest === null ? null : digestMessage(whole, material.digest)
  if (subject === null) return null
  const incident = incidentFor(kind, subject, material)
  return jobMessage(
    { ...whole, incidents: incident === null ? new Map() : new Map([[incident.id, incident]]) },
    {
      ...subject,
      kind: kind === 'recovery' ? 'closed' : kind === 'success' ? 'run' : 'opened',
      run: material.run,
      log: material.log,
      incident,
      toleranceMinutes: material.toleranceMinutes(subject.job),
    },
    kind,
  )
}

function noticeFor(kind: TemplateKind, now: Date): Notice {
  return {
    id: 'ntc_preview',
    kind: kind === 'digest' ? 'digest' : kind === 'recovery' ? 'closed' : 'opened',
    channel: '',
    to: null,
    incidentIds: ['inc_preview'],
    jobIds: [],
    runNo: null,
    createdAt: now.toISOString(),
    dueAt: now.toISOString(),
    attempts: 0,
    lastTriedAt: null,
    lastError: null,
    state: 'owed',
    finishedAt: null,
  }
}

function incidentFor(
  kind: TemplateKind,
  { job, server }: Pick<Subject, 'job' | 'server'>,
  { run, now }: Pick<Material, 'run' | 'now'>,
): Incident | null {
  if (kind === 'success' || kind === 'digest') return null
  const openedAt = run?.begin ?? run?.received ?? now.toISOString()
  const because =
    kind === 'overdue'
      ? text('notify.preview.overdue')
      : text(`notify.because.${run?.result ?? 'unknown'}`, {
          warnings: run?.warnings ?? 0,
          errors: run?.errors ?? 0,
        })
  return {
    id: 'inc_preview',
    serverId: server.id,
    jobId: job.id,
    cause:
      kind === 'overdue'
        ? 'overdue'
        : run?.result === 'error' || run?.result === 'fatal'
          ? 'failed'
          : 'warning',
    severity: kind === 'overdue' || run?.result === 'error' || run?.result === 'fatal' ? 'error' : 'warning',
    openedAt,
    updatedAt: openedAt,
    because,
    runNo: run?.no ?? null,
    count: 1,
    jobIds: [],
    acknowledged: null,
    snoozedUntil: null,
    toldAt: null,
    closedAt: kind === 'recovery' ? now.toISOString() : null,
    closedBecause: kind === 'recovery' ? text('notify.preview.solved') : null,
  }
}
