import { monitoringSettings } from '../../../domain/monitoring-settings.ts'
import type { House } from '../../house.ts'
import { fieldValue, shownValue } from '../../settings/field.ts'
import { rowsOf } from '../../settings/form.ts'
import { noticeFields } from '../../settings/notice-fields.ts'
import type { Visit } from '../../visit.ts'
import { choicesOf, NOTIFY_ON, notifyText, REPEATS, repeatText } from '../../watching/choices.ts'
import { writeRepeat } from '../../watching/override-form.ts'
import { inWords } from '../../watching/override-view.ts'
import type { NoticesTyped } from './notifications.ts'

/** The form for all jobs: its rows by key, the channels as a table, and what was typed where it was not saved. */
export function noticeSettingsView(house: House, visit: Visit, typed: NoticesTyped | null) {
  const state = house.store.state()
  const { words } = visit
  const fields = noticeFields(house)
  const form = typed?.form ?? storedForm(house)
  const shown = fields.filter(({ key }) => !/^notices\.[a-z-]+\.|_on$/.test(key))
  const rows = rowsOf(shown, house, visit, typed?.reading.failed)
  const quiet = monitoringSettings(state).quiet
  const value = (name: string) => form.get(name) ?? ''
  const onChoices = (key: string) =>
    choicesOf(['', ...NOTIFY_ON], value(key), (on) =>
      on === ''
        ? words.say(
            key.startsWith('notices.extra') ? 'watching.same-as-notify' : 'watching.channel.everything',
          )
        : notifyText(on as (typeof NOTIFY_ON)[number], words),
    )
  const said = inWords(typed?.said ?? new Map(), words)
  return {
    rows: Object.fromEntries(rows.map((row) => [row.key.replace(/^[a-z]+\./, ''), row])),
    hasFaults: typed !== null && (!typed.reading.isGood || typed.quietFault !== null),
    repeat: choicesOf([...REPEATS, 'hours'], value('repeat'), (one) =>
      one === 'hours' ? words.say('watching.every-hours') : repeatText(one, words),
    ),
    repeatHours: value('repeat_hours'),
    quietFrom: typed === null ? (quiet?.from ?? '') : value('quiet_from'),
    quietTo: typed === null ? (quiet?.to ?? '') : value('quiet_to'),
    quietFault: typed?.quietFault == null ? '' : words.say(typed.quietFault),
    emailsOn: onChoices('notices.extra_emails_on'),
    topicOn: onChoices('notices.extra_topic_on'),
    said,
    channels: house.notices.channels.map((channel) => {
      const missing = channel.ready()
      return {
        name: channel.name,
        label: words.say(`watching.channel.${channel.name}`),
        settingsHref:
          channel.name === 'ntfy' || channel.name === 'email' ? visit.link(`/settings/${channel.name}`) : '',
        lacks: missing === null ? '' : words.say(missing),
        isEnabled: value(`notices.${channel.name}.enabled`) !== '',
        isOverdue: value(`notices.${channel.name}.overdue`) !== '',
        isRecovery: value(`notices.${channel.name}.recovery`) !== '',
        on: onChoices(`notices.${channel.name}.on`),
        said: said[`channel:${channel.name}`] ?? '',
      }
    }),
  }
}

function storedForm(house: House): URLSearchParams {
  const state = house.store.state()
  const form = new URLSearchParams()
  for (const field of noticeFields(house)) form.set(field.key, shownValue(field, fieldValue(field, state)))
  writeRepeat(form, monitoringSettings(state).repeat)
  return form
}
