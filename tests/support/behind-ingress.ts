import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../src/app.ts'
import { createLog } from '../../src/kit/log.ts'
import { readSettings } from '../../src/settings/read.ts'
import { fillFolder } from './fill.ts'
import { DEMO_NOTES, demoReports } from './generator.ts'
import { type IngressStandIn, type IngressUser, startIngress } from './ingress.ts'
import { homeAssistantUser, type SupervisorStandIn, startSupervisor } from './supervisor.ts'

/** An administrator of Home Assistant, and somebody who is none. */
export const ANNA: IngressUser = { id: 'a'.repeat(32), name: 'anna', display: 'Anna Müller' }
export const CHILD: IngressUser = { id: 'c'.repeat(32), name: null, display: null }

/** The whole program as an add-on: its ingress door behind both legs, its Supervisor, its public door. */
export interface BehindIngress {
  readonly house: IngressStandIn
  readonly supervisor: SupervisorStandIn
  /** Address of the ingress door itself. */
  readonly door: string
  /** Address of the public door. */
  readonly open: string
  /** As saving the MQTT settings does. */
  restartMqtt(): Promise<void>
  close(): Promise<void>
}

/** With `days` of the demonstration's history; ANNA sits before the browser. */
export async function behindIngress(
  options: { days?: number; peer?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<BehindIngress> {
  const dir = mkdtempSync(join(tmpdir(), 'duplistatus-ingress-'))
  const now = new Date()
  const since = now.getTime() - (options.days ?? 5) * 86_400_000
  const reports = demoReports({ now, zone: 'UTC' }).filter((one) => one.received.getTime() >= since)
  await fillFolder(dir, { reports, until: now, notes: DEMO_NOTES })
  const supervisor = await startSupervisor({
    users: [homeAssistantUser(ANNA.id, { group_ids: ['system-admin'] }), homeAssistantUser(CHILD.id)],
  })
  const env = {
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dir,
    TZ: 'UTC',
    INGRESS_PEER: options.peer ?? '127.0.0.1',
    SUPERVISOR_URL: supervisor.url,
    SUPERVISOR_TOKEN: supervisor.mood.token,
    ...options.env,
  }
  // -1 is any free port; 0 keeps the door shut.
  const settings = { ...readSettings(env, '/none'), ingressPort: -1 }
  const app = await createApp(settings, { log: createLog({ level: 'error' }) })
  const { port } = new URL(app.urls.ingress ?? '')
  const house = await startIngress({ appPort: Number(port), user: ANNA })
  return {
    house,
    supervisor,
    door: `http://127.0.0.1:${port}/`,
    open: app.urls.public,
    restartMqtt: () => app.house.mqtt.restart(),
    async close() {
      await house.close()
      await app.stop()
      await supervisor.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
