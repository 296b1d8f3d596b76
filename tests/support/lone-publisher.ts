import { createLog } from '../../src/kit/log.ts'
import { createPublisher } from '../../src/mqtt/publisher.ts'
import { fullJob, fullServer, NOW, stateWith } from './household-state.ts'

/** A publisher in a process of its own, for tests that kill it: `lone-publisher.ts <broker address>`. */
const state = stateWith({ servers: [fullServer()], jobs: [fullJob()] })
createPublisher({
  state: () => state,
  say: (text) => text.key,
  log: createLog({ level: 'error' }),
  now: () => NOW,
  broker: async () => ({
    url: process.argv[2] ?? '',
    username: 'ours',
    password: 'right',
    ca: '',
    certificate: '',
    key: '',
    verify: true,
    protocol: 4,
    from: 'settings',
  }),
  presence: async () => ({
    instance: state.instance,
    prefix: 'duplistatus',
    discovery: 'homeassistant',
    devices: 'jobs',
    version: '1.0.0',
    homepage: 'https://example.org/duplistatus',
    page: null,
  }),
  act: async () => undefined,
  remembered: { read: () => null, write: async () => undefined },
}).start()
setInterval(() => undefined, 1000)
