import type { Job } from '../../domain/job.ts'
import { monitoringSettings } from '../../domain/monitoring-settings.ts'
import type { Server } from '../../domain/server.ts'
import { wishOf } from '../../domain/wish-of.ts'
import type { House } from '../house.ts'
import type { Visit } from '../visit.ts'
import { type Editing, overrideView } from './override-view.ts'
import { pauseView } from './pause-view.ts'

/** What the monitoring part of a job's page needs: see `partials/watching/job.eta`. */
export function jobWatching(job: Job, server: Server, house: House, visit: Visit, editing: Editing | null) {
  const { words } = visit
  const settings = monitoringSettings(house.store.state())
  const { expectation } = job
  const wish = wishOf(job, server, settings)
  const isSet = job.overrides.expect !== undefined
  return {
    jobId: job.id,
    href: visit.link(`/jobs/${job.id}`),
    next: `/jobs/${job.id}#monitoring`,
    because: words.say(expectation?.because ?? { key: 'because.never-ran' }),
    source: words.say(`watching.source.${expectation?.source ?? 'none'}`),
    isSet,
    /** Offered at one click: what it seems to do, fixed; a laptop; by hand. */
    fix: isSet || expectation?.rhythm == null ? '' : words.say(expectation.rhythm),
    fixFields: {
      expect: 'interval',
      every: wish.interval,
      unit: 'custom',
      time: wish.timeOfDay ?? '',
      weekdays: wish.weekdays.length === 0 ? [0, 1, 2, 3, 4, 5, 6] : wish.weekdays,
    },
    note: job.note,
    tags: job.tags.join(', '),
    isArchived: job.archivedAt !== null,
    pause: pauseView({ kind: 'job', id: job.id }, job.pausedUntil, visit, `/jobs/${job.id}#monitoring`),
    fields: visit.isAdministrator
      ? overrideView(
          editing ?? {
            subject: { kind: 'job', id: job.id },
            form: null,
            faults: new Map(),
            said: new Map(),
          },
          house,
          visit,
          `/jobs/${job.id}#monitoring`,
        )
      : null,
  }
}
