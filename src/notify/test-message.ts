import type { Message } from './channel.ts'
import { composeMessage } from './message.ts'
import type { Material } from './message-parts.ts'

/** The message of a test button: nothing of any backup is in it. */
export function testMessage(
  material: Pick<Material, 'state' | 'settings' | 'words' | 'now' | 'links'>,
): Message {
  const at = material.now.toISOString()
  return composeMessage({
    ...material,
    incidents: new Map(),
    run: null,
    log: null,
    digest: null,
    toleranceMinutes: () => null,
    notices: [
      {
        id: `ntc_test_${material.now.getTime().toString(36)}`,
        kind: 'test',
        channel: '',
        to: null,
        incidentIds: [],
        jobIds: [],
        runNo: null,
        createdAt: at,
        dueAt: at,
        attempts: 0,
        lastTriedAt: null,
        lastError: null,
        state: 'owed',
        finishedAt: null,
      },
    ],
  })
}
