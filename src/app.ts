import { join } from 'node:path'
import type { Calendar } from './calendar/runner.ts'
import type { Events } from './domain/events.ts'
import { Failure } from './domain/failure.ts'
import { text } from './domain/text.ts'
import { createBus } from './kit/bus.ts'
import { systemClock } from './kit/clock.ts'
import { createLog } from './kit/log.ts'
import { openSealer } from './kit/seal.ts'
import type { Settings } from './settings/read.ts'
import { lockedNames } from './settings/read.ts'
import { realDisk } from './store/disk.ts'
import { openControlDoor } from './web/control-door.ts'
import type { Doors } from './web/doors.ts'
import { openDoors } from './web/doors.ts'
import type { House } from './web/house.ts'
import { createLimits } from './web/limits.ts'
import { care } from './wiring/care.ts'
import { chores } from './wiring/chores.ts'
import { collecting } from './wiring/collecting.ts'
import { commands, controlFile } from './wiring/control.ts'
import { homeAssistantDesk, mqtt, supervisorOf } from './wiring/home-assistant.ts'
import { homeAssistantChannels } from './wiring/home-assistant-channels.ts'
import { collectable, jobsOf } from './wiring/ids-of.ts'
import { notices } from './wiring/notices.ts'
import { openData } from './wiring/open-data.ts'
import type { Outside } from './wiring/outside.ts'
import { people } from './wiring/people.ts'
import { reportDesk } from './wiring/reports.ts'
import { secretDesk } from './wiring/secrets.ts'
import { views } from './wiring/views.ts'
import { watching } from './wiring/watching.ts'

export interface App {
  /** What the doors were given; for tests that look inside. */
  readonly house: House
  readonly urls: Doors['urls']
  /** For tests that bring a time of their own. */
  readonly calendar: Calendar
  /** A command of the command line, inside this process. */
  command(name: string, args: readonly string[]): Promise<string>
  /** Finishes what was begun, commits, and lets go of the folder. */
  stop(): Promise<void>
}

/** The composition root: opens the store, furnishes the house, opens the doors. Throws Failure with what is wrong. */
export async function createApp(settings: Settings, outside: Partial<Outside> = {}): Promise<App> {
  const clock = outside.clock ?? systemClock
  const log = outside.log ?? createLog({ level: settings.logLevel })
  const bus = createBus<Events>((error, name) => log.error(`A listener of "${name}" failed`, { error }))
  const disk = outside.disk ?? realDisk
  const data = outside.data ?? {}
  const store = await openData(settings, { clock, disk, log, data })
  const ground = { store, clock, log }
  const sealer = await openSealer(settings.dataDir)
  const secrets = secretDesk({ ...ground, sealer })
  const shown = views(clock, log, settings.zone)
  const { words, view } = shown
  const { forgive, ...persons } = await people({ ...ground, settings, key: sealer.key })
  const changed = (why: string) => bus.emit('state-changed', { why })
  const seal = (secret: string) => ({ sealed: sealer.seal(secret), setAt: clock.now().toISOString() })
  const remote = collecting({
    ...ground,
    zone: settings.zone,
    secret: secrets.read,
    seal,
    audit: persons.audit,
    said: (jobId) => bus.emit('live-status', { jobId }),
    onProgress: (progress) => bus.emit('progress', { task: 'collect', progress }),
  })
  const cared = care({
    ...ground,
    disk,
    data,
    dir: settings.dataDir,
    zone: settings.zone,
    seal,
    audit: persons.audit,
    changed,
    onProgress: (task, progress) => bus.emit('progress', { task, progress }),
    restart: outside.restart ?? null,
  })
  const limits = createLimits(store.state)
  const reports = reportDesk({
    store,
    clock,
    zone: settings.zone,
    admitNew: limits.admitNew,
    noteLive: remote.noteLive,
  })
  const supervisor = supervisorOf(settings, clock)
  const telling = notices({
    ...ground,
    words,
    zone: settings.zone,
    publicUrl: settings.publicUrl,
    secret: secrets.read,
    linkKey: sealer.key,
    renderMail: view.renderMail,
    ...homeAssistantChannels({ ...ground, bus, supervisor }),
  })
  const atBroker = { who: 'MQTT', from: 'broker', administrator: true }
  const topics = mqtt(
    {
      ...ground,
      settings,
      secret: secrets.read,
      audit: persons.audit,
      onChanged: changed,
      say: (said) => words(null).say(said),
      run: (jobId) => remote.jobs.run(jobId, atBroker),
      collectAll: () => remote.collect({ serverIds: collectable(store.state()) }),
    },
    supervisor,
  )
  const calendar = chores({
    ...ground,
    zone: settings.zone,
    more: {
      ...cared.chores,
      digest: async () => ((await telling.digest()) ? 'queued' : ''),
      live: async () => {
        await remote.settleRunning()
        topics.changed()
        return ''
      },
      collect: async (signal) => `${(await remote.due.tick(signal)).length} servers`,
    },
    onChanged: changed,
    wakeNotices: telling.wake,
  })
  const house: House = {
    clock,
    log,
    bus,
    store,
    ...shown,
    secrets,
    limits,
    calendar,
    settings: { ...settings, locked: lockedNames(settings) },
    homeAssistantRank: async (id) => (supervisor === null ? 'viewer' : supervisor.rank(id)),
    collecting: remote,
    care: cared.desk,
    mqtt: topics,
    notices: telling,
    homeAssistant: homeAssistantDesk(supervisor, settings.port),
    trials: new Map(),
    actions: {
      receiveReport: reports.receive,
      receiveLiveStatus: reports.receiveLive,
      ...persons,
      ...watching({ store, clock, audit: persons.audit, changed, wakeNotices: telling.wake }),
    },
  }
  store.onCommitted(({ nos }) => {
    bus.emit('run-recorded', { nos, jobIds: jobsOf(store.history, nos) })
    telling.wake()
    topics.changed()
  })
  bus.on('state-changed', topics.changed)
  bus.on('live-status', topics.changed)
  const end = async () => {
    for (const part of [calendar, cared, topics, remote, telling]) await part.stop()
    await reports.close()
    await store.close()
  }
  const doors = await openDoors(house).catch((error) => end().then(() => Promise.reject(error)))
  topics.start()
  await calendar.start()
  await cared.start()
  const verbs = commands({ store, forgive, people: persons.people, take: cared.take, words: words(null) })
  const inWords = (failure: Failure) => words(null).say(failure.text)
  const controlAt = join(settings.dataDir, controlFile)
  const control = await openControlDoor(controlAt, verbs, inWords).catch((error: unknown) => {
    log.error(`The command line cannot reach this process, whose address belongs in ${controlAt}`, { error })
    return null
  })
  return {
    house,
    calendar,
    urls: doors.urls,
    async command(name, args) {
      const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
      if (verb === undefined) throw new Failure('not-found', text('cli.no-such-command', { name }))
      return verb(args)
    },
    async stop() {
      await doors.close()
      await control?.close()
      await end()
    },
  }
}
