import { fingerprint } from '../../domain/fingerprint.ts'
import type { Job } from '../../domain/job.ts'
import { isBackup, type Run, runId } from '../../domain/run.ts'
import { type MutedWarning, mutedNow } from '../../domain/warning-kinds.ts'
import type { Visit } from '../visit.ts'

/** The warnings of a run by kind, to be muted: see `partials/watching/warnings.eta`. null where there are none. */
export function warningsView(run: Run, job: Job | undefined, visit: Visit) {
  if (job === undefined || !isBackup(run) || run.firstWarnings.length === 0) return null
  const { words } = visit
  const kinds = new Map<string, string[]>()
  for (const one of run.firstWarnings) {
    const kind = fingerprint(one)
    kinds.set(kind, [...(kinds.get(kind) ?? []), one])
  }
  const muted = new Map(mutedNow(job, visit.now.getTime()).map((one) => [one.kind, one]))
  const next = `/runs/${runId(run.no)}#warnings`
  const unnamed = run.warnings - run.firstWarnings.length
  return {
    help: [
      words.say('watching.warnings.help'),
      ...(unnamed > 0 ? [words.say('watching.warnings.unnamed', { count: unnamed })] : []),
    ].join(' '),
    muteHref: visit.link(`/runs/${runId(run.no)}/mute`),
    next,
    canMute: visit.isAdministrator,
    spans: ['forever', '1w', 'until'].map((name) => ({ name, label: words.say(`watching.span.${name}`) })),
    kinds: [...kinds].map(([kind, texts], index) => ({
      key: index,
      kind,
      sample: texts[0] ?? '',
      times: words.say('watching.warnings.times', { count: texts.length }),
      muted: oneView(job, muted.get(kind), visit, next),
    })),
  }
}

/** Warnings of a job that are muted, or were until lately: see `partials/watching/muted.eta`. */
export function mutedView(job: Job, visit: Visit, next: string) {
  return (job.muted ?? []).flatMap((one) => oneView(job, one, visit, next) ?? [])
}

function oneView(
  job: Job,
  one: MutedWarning | undefined,
  { words, now, link, isAdministrator }: Visit,
  next: string,
) {
  if (one === undefined) return null
  const { kind, sample, by, at, until } = one
  const since = { at, as: 'moment' } as const
  const sentence =
    until === 'forever'
      ? words.say('watching.muted.forever', { by, since })
      : words.say(Date.parse(until) > now.getTime() ? 'watching.muted.until' : 'watching.muted.over', {
          ...{ by, since },
          until: { at: until, as: 'moment' },
        })
  return { kind, sample, sentence, next, unmuteHref: isAdministrator ? link(`/jobs/${job.id}/unmute`) : '' }
}
