import type { Job } from './job.ts'
import { ms } from './moment.ts'
import type { MonitoringSettings } from './monitoring-settings.ts'
import { effective } from './notice-policy.ts'
import type { PauseEnd, Server } from './server.ts'
import { type Text, text } from './text.ts'

/** Why a job is not watched at a moment; null where it is. */
export function pauseOf(job: Job, server: Server, settings: MonitoringSettings, nowMs: number): Text | null {
  if (job.archivedAt !== null || server.archivedAt !== null) return text('because.archived')
  if (!effective('watch', job, server, settings).value) return text('because.not-watched')
  return (
    pausedText(job.pausedUntil, nowMs, 'because.paused') ??
    pausedText(server.pausedUntil, nowMs, 'because.server-paused')
  )
}

function pausedText(until: PauseEnd | null, nowMs: number, key: string): Text | null {
  if (until === null) return null
  if (until === 'forever') return text(key)
  return ms(until) > nowMs ? text(`${key}-until`, { until: { at: until, as: 'moment' } }) : null
}
