import { COLLECT_EVERY_HOURS } from '../../domain/collect-plan.ts'
import type { Field } from './field.ts'

/** How often servers are asked without anybody wanting it. */
export const COLLECTING: readonly Field[] = [
  {
    key: 'collect.every_hours',
    kind: 'number',
    default: COLLECT_EVERY_HOURS,
    range: [0, 720],
    unit: 'unit.hours',
  },
]
