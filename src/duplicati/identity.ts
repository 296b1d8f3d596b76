import type { Identity } from '../domain/run.ts'
import { type Fields, ID_LIMIT, nameOf } from './values.ts'

/** Who a report speaks of, from the keys of its `Extra`; blank or of the wrong type counts as not said. */
export function readIdentity(extra: Fields, sender: string | null): Identity {
  return {
    machineId: nameOf(extra['machine-id'], ID_LIMIT),
    machineName: nameOf(extra['machine-name']),
    backupId: nameOf(extra['backup-id'], ID_LIMIT),
    backupName: nameOf(extra['backup-name']),
    sender,
  }
}

/** Whether a report says anything at all of who it is about. */
export function isIdentified(identity: Identity): boolean {
  const { machineId, machineName, backupId, backupName } = identity
  return (machineId ?? machineName ?? backupId ?? backupName) !== null
}
