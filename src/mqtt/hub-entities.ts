import type { Server } from '../domain/server.ts'
import { text } from '../domain/text.ts'
import { count, diagnostic, disabled, type Entity, gigabytes, moment, onOff, value } from './entity.ts'
import { EVENT_TYPES } from './happenings.ts'
import type { Presence } from './presence.ts'
import { bridgeTopic } from './topics.ts'

/** What Home Assistant learns of the whole installation. The button is there where a server can be asked. */
export function hubEntities(presence: Presence, servers: readonly Server[]): readonly Entity[] {
  const state = bridgeTopic(presence, 'state')
  const collect = row('button', 'collect', 'collect', {
    cmd_t: bridgeTopic(presence, 'command'),
    pl_prs: 'collect',
    ic: 'mdi:refresh',
    ...diagnostic,
  })
  return [
    row('binary_sensor', 'problem', 'problem', {
      dev_cla: 'problem',
      ...onOff('problem'),
      json_attr_t: state,
      json_attr_tpl: "{{ {'failing': value_json.failing, 'overdue': value_json.overdue} | tojson }}",
    }),
    row('event', 'result', 'backup_result', {
      ic: 'mdi:backup-restore',
      stat_t: bridgeTopic(presence, 'event'),
      evt_typ: EVENT_TYPES,
    }),
    row('sensor', 'jobs_failing', 'jobs_failing', count('jobs_failing', 'mdi:alert-circle-outline')),
    row('sensor', 'jobs_overdue', 'jobs_overdue', count('jobs_overdue', 'mdi:clock-alert-outline')),
    row('sensor', 'jobs_running', 'jobs_running', {
      ...count('jobs_running', 'mdi:progress-upload'),
      ...disabled,
    }),
    row('sensor', 'source_size', 'source_size', gigabytes('source_bytes')),
    row('sensor', 'stored_size', 'stored_size', gigabytes('stored_bytes')),
    row('sensor', 'jobs_total', 'jobs_total', {
      ...count('jobs_total', 'mdi:format-list-checks'),
      ...diagnostic,
    }),
    row('sensor', 'last_report', 'last_report', { ...moment('last_report'), ...diagnostic }),
    ...(servers.some((server) => server.connection?.collect === true) ? [collect] : []),
  ]
}

/** What Home Assistant learns of a server: the connection and updates only where we can reach it. */
export function serverEntities(server: Server): readonly Entity[] {
  const reachable = row('binary_sensor', 'reachable', 'reachable', {
    dev_cla: 'connectivity',
    ...diagnostic,
    ...onOff('reachable'),
  })
  const update = row('update', 'update', 'update', {
    tit: 'Duplicati',
    ...diagnostic,
    val_tpl:
      "{{ {'installed_version': value_json.version, 'latest_version': value_json.latest_version} | tojson }}",
  })
  return [
    row('binary_sensor', 'problem', 'problem', { dev_cla: 'problem', ...onOff('problem') }),
    row('sensor', 'activity', 'activity', {
      dev_cla: 'enum',
      ops: ACTIVITIES,
      ic: 'mdi:server',
      ...value('activity'),
    }),
    ...(server.connection === null ? [] : [reachable]),
    ...(server.connection === null || server.duplicatiVersion === null ? [] : [update]),
    row('sensor', 'last_seen', 'last_seen', { ...moment('last_seen'), ...diagnostic, ...disabled }),
    row('sensor', 'version', 'version', {
      ...value('version'),
      ic: 'mdi:tag-outline',
      ...diagnostic,
      ...disabled,
    }),
  ]
}

/** What a server is doing. `unknown`: it only sends reports, and nobody can tell. */
export const ACTIVITIES = ['idle', 'running', 'paused', 'unknown'] as const
export type Activity = (typeof ACTIVITIES)[number]

function row(platform: Entity['platform'], key: string, name: string, rest: Entity['rest']): Entity {
  return { key, platform, name: text(`mqtt.entity.${name}`), id: key, rest }
}
