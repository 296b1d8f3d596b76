import { Failure } from '../domain/failure.ts'
import type { Notice } from '../domain/notice.ts'
import type { State } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import type { Channel, Message } from '../notify/channel.ts'
import { createEmail } from '../notify/email.ts'
import { tryEmail } from '../notify/email-trial.ts'
import { createNtfy } from '../notify/ntfy.ts'
import { newTopic, phoneLink, topicPage } from '../notify/ntfy-address.ts'
import { qrCode } from '../notify/qr.ts'
import { FIELDS, type FieldKey, readNotifyField } from '../notify/setting-fields.ts'
import { notifySettings, type Secret } from '../notify/settings.ts'
import type { NoticesDesk } from '../web/channel-desks.ts'

export interface NoticeDeskNeeds {
  readonly clock: Clock
  state(): State
  readonly secret: Secret
  renderMail(template: string, model: object): string
  compose(notices: readonly Notice[], state: State): Promise<Message>
  /** Channels beside ntfy and email, that send although they are switched off. */
  readonly trials: readonly Pick<Channel, 'name' | 'ready' | 'send'>[]
}

type Desk = Pick<NoticesDesk, 'test' | 'tryEmail' | 'readField' | 'topic' | 'code' | 'newTopic'>

/** A test waits for nobody longer than this. */
const TEST_MS = 30_000

/** What the settings pages of the channels ask for: tests, checks of fields, addresses of topics. */
export function noticeDesk(needs: NoticeDeskNeeds): Desk {
  const { state, secret } = needs
  const settings = () => notifySettings(state())
  // A channel is tried before it is switched on.
  const trials = [
    createNtfy({ settings: () => ({ ...settings().ntfy, enabled: true }), secret }),
    createEmail({
      settings: () => ({ ...settings().email, enabled: true }),
      secret,
      render: needs.renderMail,
    }),
    ...needs.trials,
  ]
  const messageFor = (channel: string, to: string | null, by: string) =>
    needs.compose([testNotice(channel, to, needs.clock.now(), by)], state())
  return {
    async test(name, to, by) {
      const channel = trials.find((one) => one.name === name)
      if (channel === undefined)
        throw new Failure('not-found', text('notices.failure.no-such-channel', { name }))
      const missing = to === null ? channel.ready() : null
      if (missing !== null) throw new Failure('invalid', missing)
      await channel.send(await messageFor(name, to, by), to, AbortSignal.timeout(TEST_MS))
    },
    async tryEmail(by) {
      const trial = await tryEmail(await messageFor('email', null, by), null, {
        settings: settings().email,
        secret,
        render: needs.renderMail,
        signal: AbortSignal.timeout(TEST_MS),
      })
      return { failure: trial.failure?.text ?? null, step: trial.step, lines: trial.lines }
    },
    readField(key, raw) {
      if (!Object.hasOwn(FIELDS, key)) throw new TypeError(`No setting of notices is called ${key}`)
      return readNotifyField(key as FieldKey, raw)
    },
    topic(other) {
      const { server, topic } = settings().ntfy
      const name = other ?? topic
      if (server === '' || name === '' || readable('ntfy.topic', name) === null) return null
      return {
        name,
        page: topicPage({ server }, name),
        phone: phoneLink({ server }, name, null),
      }
    },
    code: qrCode,
    newTopic,
  }
}

function readable(key: FieldKey, raw: string): unknown {
  try {
    return readNotifyField(key, raw)
  } catch {
    return null
  }
}

function testNotice(channel: string, to: string | null, now: Date, by: string): Notice {
  const at = now.toISOString()
  return {
    id: `ntc_test_${by}_${at}`,
    kind: 'test',
    channel,
    to,
    incidentIds: [],
    jobIds: [],
    runNo: null,
    createdAt: at,
    dueAt: at,
    attempts: 1,
    lastTriedAt: null,
    lastError: null,
    state: 'owed',
    finishedAt: null,
  }
}
