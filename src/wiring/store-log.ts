import type { Log } from '../kit/log.ts'
import type { StoreLog } from '../store/store-shape.ts'

/** The log as the store writes to it. */
export function storeLog(log: Log): StoreLog {
  return {
    info: (facts, message) => log.info(message, { ...facts }),
    warn: (facts, message) => log.warn(message, { ...facts }),
    error: (facts, message) => log.error(message, { ...facts }),
  }
}
