import type { Subject } from '../../domain/override-changes.ts'
import type { PauseEnd } from '../../domain/server.ts'
import type { Visit } from '../visit.ts'

/** How long something can be left alone, by the end of its key; `until` takes a moment, `forever` has no end. */
export const SPANS: readonly (readonly [name: string, hours: number])[] = [
  ['1h', 1],
  ['1d', 24],
  ['1w', 7 * 24],
]

/** The form that pauses a job or a server, or the one that goes on: see `partials/watching/pause.eta`. */
export function pauseView(subject: Subject, until: PauseEnd | null, visit: Visit, next: string) {
  const { words, now } = visit
  const isPaused = until !== null && (until === 'forever' || Date.parse(until) > now.getTime())
  const base = `/${subject.kind}s/${subject.id}`
  return {
    id: subject.id,
    isPaused,
    sentence: !isPaused
      ? ''
      : until === 'forever'
        ? words.say('because.paused')
        : words.say('because.paused-until', { until: { at: until, as: 'moment' } }),
    pauseHref: visit.link(`${base}/pause`),
    resumeHref: visit.link(`${base}/resume`),
    next,
    spans: [...SPANS.map(([name]) => name), 'until', 'forever'].map((name) => ({
      name,
      label: words.say(`watching.span.${name}`),
    })),
  }
}
