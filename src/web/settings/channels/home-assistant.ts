import { Failure } from '../../../domain/failure.ts'
import { text } from '../../../domain/text.ts'
import type { House } from '../../house.ts'
import type { Visit } from '../../visit.ts'
import type { Field } from '../field.ts'
import type { Section } from '../section.ts'
import { policyFields } from './channel-fields.ts'
import { lacking, lastDelivered, lastTrial } from './delivered.ts'

const BROKER: readonly Field[] = [
  {
    key: 'mqtt.source',
    kind: 'choice',
    default: 'auto',
    choices: ['auto', 'own', 'off'],
  },
  { key: 'mqtt.url', kind: 'url', default: '', placeholder: 'mqtt://192.168.1.5:1883' },
  { key: 'mqtt.username', kind: 'text', default: '' },
  { key: 'mqtt.password', kind: 'secret', default: '' },
  { key: 'mqtt.prefix', kind: 'text', default: 'duplistatus', group: 'topics', placeholder: 'duplistatus' },
  {
    key: 'mqtt.discovery',
    kind: 'text',
    default: 'homeassistant',
    group: 'topics',
    placeholder: 'homeassistant',
  },
  { key: 'mqtt.devices', kind: 'choice', default: 'jobs', choices: ['jobs', 'servers'], group: 'topics' },
  { key: 'mqtt.version', kind: 'choice', default: '4', choices: ['4', '5'], group: 'tls' },
  { key: 'mqtt.verify', kind: 'flag', default: true, group: 'tls' },
  { key: 'mqtt.ca', kind: 'longtext', default: '', group: 'tls', placeholder: '-----BEGIN CERTIFICATE-----' },
  {
    key: 'mqtt.certificate',
    kind: 'longtext',
    default: '',
    group: 'tls',
    placeholder: '-----BEGIN CERTIFICATE-----',
  },
  { key: 'mqtt.key', kind: 'secret', default: '', group: 'tls' },
]

const READ_BY_MQTT = new Set([
  'mqtt.url',
  'mqtt.username',
  'mqtt.prefix',
  'mqtt.discovery',
  'mqtt.ca',
  'mqtt.certificate',
])

/** Channels that only an add-on has. */
const CHANNELS: readonly Field[] = [
  { key: 'notices.home-assistant.enabled', kind: 'flag', default: false, group: 'panel' },
  ...policyFields('home-assistant').map((field) => ({ ...field, group: 'panel' })),
  { key: 'notices.notify.enabled', kind: 'flag', default: false, group: 'targets' },
  {
    key: 'notify.targets',
    kind: 'lines',
    default: [],
    group: 'targets',
    read: (typed) => targetsOf(typed),
  },
  ...policyFields('notify').map((field) => ({ ...field, group: 'targets' })),
]

/** MQTT for everybody; notifications inside Home Assistant for the add-on. */
export const HOME_ASSISTANT: Section = {
  name: 'home-assistant',
  group: 'channels',
  icon: 'house',
  who: 'administrator',
  fields: [
    ...BROKER.map((field) =>
      READ_BY_MQTT.has(field.key)
        ? { ...field, read: (typed: string, house: House) => house.mqtt.readField(field.key, typed) }
        : field,
    ),
    ...CHANNELS.map((field) => ({ ...field, isOffered: (house: House) => house.homeAssistant.isAddOn })),
  ],
  page: {
    template: 'pages/channels/home-assistant',
    async model(house, visit) {
      const { isAddOn } = house.homeAssistant
      return {
        isAddOn,
        mqtt: brokerFacts(house, visit),
        mqttTrial: lastTrial(house, visit, 'mqtt'),
        targets: isAddOn ? await targetsFor(house, visit) : { known: [], fault: '' },
        panel: await channelFacts(house, visit, 'home-assistant'),
        notify: await channelFacts(house, visit, 'notify'),
      }
    },
    async saved(house, changed) {
      if (changed.some((name) => name.startsWith('mqtt.'))) await house.mqtt.restart()
    },
  },
}

function brokerFacts(house: House, visit: Visit) {
  const status = house.mqtt.status()
  return {
    ...status,
    isGood: status.state === 'connected',
    isBad: status.state === 'waiting' || status.state === 'refused',
    lastError: status.lastError === null ? '' : visit.words.say(status.lastError),
  }
}

async function channelFacts(house: House, visit: Visit, channel: string) {
  return {
    lacks: lacking(house, visit, channel),
    trial: lastTrial(house, visit, channel),
    last: await lastDelivered(house, visit, channel),
  }
}

/** What Home Assistant offers, and what is chosen but gone there. */
async function targetsFor(house: House, visit: Visit) {
  const stored = house.store.state().settings['notify.targets']
  const chosen = new Set((Array.isArray(stored) ? stored : []).map(String))
  const { names, fault } = await house.homeAssistant.notifyTargets().then(
    (found) => ({ names: found, fault: '' }),
    (error: unknown) => {
      if (!(error instanceof Failure)) throw error
      return { names: [], fault: visit.words.say(error.text) }
    },
  )
  const offered = new Set(names)
  return {
    fault,
    known: [...new Set([...names, ...chosen])].map((name) => ({
      name,
      isChosen: chosen.has(name),
      isGone: fault === '' && !offered.has(name),
    })),
  }
}

function targetsOf(typed: string): readonly string[] {
  const names = [...new Set(typed.split(/[\s,]+/).filter((name) => name !== ''))].slice(0, 50)
  const wrong = names.find((name) => !/^notify\.[a-z0-9_]{1,100}$/.test(name))
  if (wrong !== undefined)
    throw new Failure('invalid', text('delivery.target-wrong', { name: wrong.slice(0, 60) }))
  return names
}
