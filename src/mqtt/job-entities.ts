import { JOB_STATES, type Job } from '../domain/job.ts'
import { RUN_RESULTS } from '../domain/run.ts'
import type { Server } from '../domain/server.ts'
import { text } from '../domain/text.ts'
import { count, diagnostic, disabled, type Entity, gigabytes, moment, onOff, value } from './entity.ts'
import { EVENT_TYPES } from './happenings.ts'
import type { Presence } from './presence.ts'
import { bridgeTopic, jobTopic, serverTopic } from './topics.ts'

/** Everything Home Assistant learns of a job, in the order of its device page. */
export function jobEntities(presence: Presence, server: Server, job: Job): readonly Entity[] {
  return [...states(presence, job), ...figures, ...buttons(presence, server, job)]
}

function states(presence: Presence, job: Job): readonly Entity[] {
  return [
    row('sensor', 'state', null, {
      dev_cla: 'enum',
      ops: JOB_STATES,
      ic: 'mdi:backup-restore',
      ...value('state'),
      json_attr_t: jobTopic(presence, job, 'attributes'),
    }),
    row('binary_sensor', 'problem', 'problem', { dev_cla: 'problem', ...onOff('problem') }),
    row('binary_sensor', 'overdue', 'overdue', { dev_cla: 'problem', ...diagnostic, ...onOff('overdue') }),
    row('binary_sensor', 'running', 'running', { dev_cla: 'running', ...onOff('running') }),
    row('sensor', 'progress', 'progress', {
      unit_of_meas: '%',
      stat_cla: 'measurement',
      sug_dsp_prc: 0,
      ic: 'mdi:progress-clock',
      ...diagnostic,
      ...disabled,
      ...value('progress_percent'),
    }),
    row('event', 'result', 'result', {
      ic: 'mdi:bell-outline',
      stat_t: jobTopic(presence, job, 'event'),
      evt_typ: EVENT_TYPES,
    }),
  ]
}

const figures: readonly Entity[] = [
  row('sensor', 'last_result', 'last_result', {
    dev_cla: 'enum',
    ops: RUN_RESULTS,
    ic: 'mdi:clipboard-check-outline',
    ...value('last_result'),
  }),
  row('sensor', 'last_good', 'last_good', moment('last_good')),
  row('sensor', 'last_run', 'last_run', moment('last_run')),
  row('sensor', 'next_due', 'next_due', moment('next_due')),
  row('sensor', 'duration', 'duration', {
    dev_cla: 'duration',
    unit_of_meas: 's',
    stat_cla: 'measurement',
    sug_dsp_prc: 0,
    ...value('duration_s'),
  }),
  row('sensor', 'source_size', 'source_size', gigabytes('source_bytes')),
  row('sensor', 'stored_size', 'stored_size', gigabytes('stored_bytes')),
  row('sensor', 'uploaded', 'uploaded', { ...gigabytes('uploaded_bytes'), ...disabled }),
  row('sensor', 'files', 'files', {
    ...count('source_files', 'mdi:file-multiple-outline'),
    ...diagnostic,
    ...disabled,
  }),
  row('sensor', 'versions', 'versions', { ...count('versions', 'mdi:history'), ...diagnostic }),
  row('sensor', 'errors', 'errors', { ...count('errors', 'mdi:alert-circle-outline'), ...diagnostic }),
  row('sensor', 'warnings', 'warnings', { ...count('warnings', 'mdi:alert-outline'), ...diagnostic }),
  row('binary_sensor', 'acknowledged', 'acknowledged', {
    ic: 'mdi:account-check-outline',
    ...diagnostic,
    ...disabled,
    ...onOff('acknowledged'),
  }),
]

function buttons(presence: Presence, server: Server, job: Job): readonly Entity[] {
  const command = jobTopic(presence, job, 'command')
  const acknowledge = row('button', 'acknowledge', 'acknowledge', {
    cmd_t: command,
    pl_prs: 'acknowledge',
    ic: 'mdi:account-check',
  })
  const snooze = row('button', 'snooze', 'snooze', {
    cmd_t: command,
    pl_prs: 'snooze',
    ic: 'mdi:sleep',
    ...disabled,
  })
  if (server.connection?.allowRunNow !== true) return [acknowledge, snooze]
  const reachable = [
    { t: bridgeTopic(presence, 'availability') },
    { t: serverTopic(presence, server.id, 'availability') },
  ]
  const run = row('button', 'run', 'run', {
    cmd_t: command,
    pl_prs: 'run',
    ic: 'mdi:play',
    avty: reachable,
    avty_mode: 'all',
  })
  return [acknowledge, snooze, run]
}

function row(platform: Entity['platform'], key: string, name: string | null, rest: Entity['rest']): Entity {
  return {
    key,
    platform,
    name: name === null ? null : text(`mqtt.entity.${name}`),
    id: name === null ? '' : key,
    rest,
  }
}
