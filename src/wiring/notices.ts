import { createOneUseLinks } from '../actions/one-use-links.ts'
import { digestPeriod, queueDigest } from '../actions/queue-digest.ts'
import type { NoticeChannel } from '../actions/send-notices.ts'
import { createSendNotices } from '../actions/send-notices.ts'
import type { Incident } from '../domain/incident.ts'
import { acknowledge, snooze } from '../domain/incident-actions.ts'
import type { Job } from '../domain/job.ts'
import { monitoringSettings } from '../domain/monitoring-settings.ts'
import type { Notice } from '../domain/notice.ts'
import type { State } from '../domain/state.ts'
import { toleranceMinutes } from '../domain/tolerance.ts'
import type { Reader, Words } from '../domain/words.ts'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Channel, Message } from '../notify/channel.ts'
import { createCompose } from '../notify/compose.ts'
import { digestFigures } from '../notify/digest-figures.ts'
import { createEmail } from '../notify/email.ts'
import { createNtfy } from '../notify/ntfy.ts'
import { notifySettings } from '../notify/settings.ts'
import type { Store } from '../store/store-shape.ts'
import { noticeDesk } from './notice-desk.ts'
import { templateDesk } from './template-desk.ts'

export interface NoticesNeeds {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly publicUrl: string
  readonly zone: string
  secret(name: string): string | null
  /** Links in messages are made from it. */
  readonly linkKey: Uint8Array
  words(reader: Partial<Reader> | null): Words
  renderMail(template: string, model: object): string
  /** Channels beside ntfy and email: those of Home Assistant, as an add-on. */
  readonly more: readonly NoticeChannel<Message>[]
  /** The same, but sending although they are switched off: for tests. */
  readonly trials: readonly NoticeChannel<Message>[]
}

/** Sending of notices: channels, messages, the queue on disk, links in messages, the digest. */
export function notices(needs: NoticesNeeds) {
  const { store, clock, log } = needs
  const settings = () => notifySettings(store.state())
  const channels: readonly (Channel | NoticeChannel<Message>)[] = [
    createNtfy({ settings: () => settings().ntfy, secret: needs.secret }),
    createEmail({ settings: () => settings().email, secret: needs.secret, render: needs.renderMail }),
    ...needs.more,
  ]
  const links = createOneUseLinks({
    clock,
    key: needs.linkKey,
    state: store.state,
    change: store.change,
    acknowledge: (state, id, done) => acknowledge(state, id, done.by, new Date(done.at)),
    snooze: (state, id, until) => snooze(state, id, new Date(until)),
  })
  const link = (path: string) => (needs.publicUrl === '' ? null : `${needs.publicUrl}${path}`)
  const digestOf = async (notice: Pick<Notice, 'createdAt'>, state: State) => {
    const { from, to } = digestPeriod(state, notice)
    return digestFigures(state, store.history, await solvedSince(store, from, to), { from, to })
  }
  const compose = createCompose({
    now: clock.now,
    run: store.run,
    log: store.log,
    closedIncident: (id) => closedIncident(store, id),
    digest: digestOf,
    words: (reader) => needs.words(reader),
    links: {
      page: link,
      deed: (owed, verb) => link(`/n/${links.token(owed, verb)}`),
    },
    toleranceMinutes: toleranceOf,
  })
  const sending = createSendNotices<Message>({
    clock,
    log,
    channels,
    state: store.state,
    change: store.change,
    compose,
    mint: links.mint,
    journal: (entry) => store.journal('notices').append({ ...entry }),
    random: Math.random,
  })
  return {
    ...sending,
    links,
    channels,
    compose,
    ...noticeDesk({ ...needs, state: store.state, compose }),
    templates: templateDesk({ ...needs, state: store.state, channels, link, toleranceOf, digestOf }),
    digest: () =>
      queueDigest({
        clock,
        state: store.state,
        change: store.change,
        plan: (state) => notifySettings(state).digest,
        zone: (state) => monitoringSettings(state).zone ?? needs.zone,
        channels: (state: State) =>
          monitoringSettings(state)
            .channels.filter((one) => one.enabled)
            .map((one) => one.name),
      }),
  }
}

function toleranceOf(state: State, job: Job): number | null {
  const server = state.servers[job.serverId]
  return server === undefined ? null : toleranceMinutes(job, server, monitoringSettings(state))
}

async function solvedSince(store: Store, from: Date, to: Date): Promise<Incident[]> {
  const isThen = (at: unknown) => typeof at === 'string' && at >= from.toISOString() && at <= to.toISOString()
  const page = await store
    .journal('incidents')
    .read({ limit: 200, filter: (entry) => isThen(entry['closedAt']) })
  return page.entries.map((entry) => entry as unknown as Incident)
}

async function closedIncident(store: Store, id: string): Promise<Incident | null> {
  const { entries } = await store
    .journal('incidents')
    .read({ limit: 1, filter: (entry) => entry['id'] === id })
  return (entries[0] as unknown as Incident | undefined) ?? null
}
