import { findIncident } from '../domain/closed-incidents.ts'
import type { Incident } from '../domain/incident.ts'
import type { Job } from '../domain/job.ts'
import type { Notice } from '../domain/notice.ts'
import type { Run, RunLog } from '../domain/run.ts'
import type { State } from '../domain/state.ts'
import type { Reader, Words } from '../domain/words.ts'
import type { Message } from './channel.ts'
import type { DigestFigures } from './digest-figures.ts'
import { composeMessage } from './message.ts'
import type { MessageLinks } from './message-parts.ts'
import { notifySettings, type TemplateSettings } from './settings.ts'

export interface ComposeNeeds {
  now(): Date
  run(no: number): Promise<Run | null>
  log(no: number): Promise<RunLog | null>
  /** An incident that only the journal has, for a notice sent once more; null where it is unknown. */
  closedIncident(id: string): Promise<Incident | null>
  /** What a digest tells; the notice says when it was made. */
  digest(notice: Notice, state: State): Promise<DigestFigures>
  /** Sentences for a reader; what is not given is as the installation has it. */
  words(reader: Partial<Reader>): Words
  readonly links: MessageLinks
  toleranceMinutes(state: State, job: Job): number | null
}

/** Gathers what a message needs from disk and makes it; the making itself is pure. */
export function createCompose(needs: ComposeNeeds) {
  return async (notices: readonly Notice[], state: State): Promise<Message> => {
    const settings = notifySettings(state)
    const [first] = notices
    const incidents = await incidentsOf(notices, state, needs)
    const runNo = notices.length === 1 && first !== undefined ? runOf(first, incidents) : null
    const run = runNo === null ? null : await needs.run(runNo)
    return composeMessage({
      notices,
      state,
      incidents,
      run,
      log: run === null || settings.templates.logCharacters === 0 ? null : await readable(needs.log(run.no)),
      digest: first?.kind === 'digest' ? await needs.digest(first, state) : null,
      settings,
      words: needs.words(readerOf(settings.templates)),
      now: needs.now(),
      links: needs.links,
      toleranceMinutes: (job) => needs.toleranceMinutes(state, job),
    })
  }
}

/** Whom messages are written for: the language and zone of the templates, else of the installation. */
export function readerOf({ language, zone }: Pick<TemplateSettings, 'language' | 'zone'>): Partial<Reader> {
  return { ...(language === '' ? {} : { language, locale: language }), ...(zone === '' ? {} : { zone }) }
}

function runOf(notice: Notice, incidents: ReadonlyMap<string, Incident>): number | null {
  return notice.runNo ?? incidents.get(notice.incidentIds[0] ?? '')?.runNo ?? null
}

async function incidentsOf(notices: readonly Notice[], state: State, needs: ComposeNeeds) {
  const found = new Map<string, Incident>()
  for (const id of new Set(notices.flatMap((notice) => notice.incidentIds))) {
    const incident = findIncident(state, id) ?? (await needs.closedIncident(id))
    if (incident !== null) found.set(id, incident)
  }
  return found
}

/** A log that cannot be read any more must not hold back the message. */
async function readable(log: Promise<RunLog | null>): Promise<RunLog | null> {
  return log.catch(() => null)
}
