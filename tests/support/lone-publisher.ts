import type { State } from '../../src/domain/state.ts'
import { createLog } from '../../src/kit/log.ts'
import { createPublisher } from '../../src/mqtt/publisher.ts'
import { fullJob, fullServer, NOW, stateWith } from './household-state.ts'

/** A publisher in a process of its own, to be killed or measured: `lone-publisher.ts <broker address> [servers jobs]`. */
const state = stateOf(Number(process.argv[3] ?? 1), Number(process.argv[4] ?? 1))
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

function stateOf(servers: number, jobs: number): State {
  if (jobs === 1) return stateWith({ servers: [fullServer()], jobs: [fullJob()] })
  const many = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n))
  return stateWith({
    servers: many(servers, (n) => fullServer({ id: `srv_${n}`, name: `server ${n}` })),
    jobs: many(jobs, (n) => fullJob({ id: `job_${n}`, serverId: `srv_${n % servers}`, name: `job ${n}` })),
  })
}
