import { type IngressStandIn, type IngressUser, startIngress } from './ingress.ts'
import { type SmallHouse, smallHouse } from './small-house.ts'
import { homeAssistantUser, type SupervisorStandIn, startSupervisor } from './supervisor.ts'

/** An administrator of Home Assistant, and somebody who is none. */
export const ANNA: IngressUser = { id: 'a'.repeat(32), name: 'anna', display: 'Anna Müller' }
export const CHILD: IngressUser = { id: 'c'.repeat(32), name: null, display: null }

/** The whole program as an add-on: its ingress door behind both legs, its Supervisor, its public door. */
export interface BehindIngress {
  readonly house: IngressStandIn
  readonly supervisor: SupervisorStandIn
  readonly small: SmallHouse
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
  const supervisor = await startSupervisor({
    users: [homeAssistantUser(ANNA.id, { group_ids: ['system-admin'] }), homeAssistantUser(CHILD.id)],
  })
  const small = await smallHouse({
    days: options.days ?? 5,
    env: {
      INGRESS_PEER: options.peer ?? '127.0.0.1',
      SUPERVISOR_URL: supervisor.url,
      SUPERVISOR_TOKEN: supervisor.mood.token,
      ...options.env,
    },
    // -1 is any free port; 0 keeps the door shut.
    more: { ingressPort: -1 },
  })
  const { port } = new URL(small.app.urls.ingress ?? '')
  const house = await startIngress({ appPort: Number(port), user: ANNA })
  return {
    house,
    supervisor,
    small,
    door: `http://127.0.0.1:${port}/`,
    open: small.app.urls.public,
    restartMqtt: () => small.app.house.mqtt.restart(),
    async close() {
      await house.close()
      await small.close()
      await supervisor.close()
    },
  }
}
