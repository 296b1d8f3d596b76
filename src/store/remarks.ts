import type { Remark, State } from '../domain/state.ts'
import { type Text, text } from '../domain/text.ts'
import type { FileDamage } from './load-runs.ts'
import type { OpenedState } from './open-state.ts'

const KEPT = 50

/** The state with a remark for each thing that opening found and a person should know; the same one for none. */
export function remarked(
  state: State,
  found: Pick<OpenedState, 'fromBackup' | 'migrated'> & {
    readonly damage: readonly FileDamage[]
    readonly now: Date
  },
): State {
  const at = found.now.toISOString()
  const remarks: Remark[] = []
  const say = (id: string, what: Text) => {
    if (!state.remarks.some((it) => it.id === id)) remarks.push({ id, at, text: what })
  }
  if (found.fromBackup) say(`state-from-backup ${at}`, text('store.remark.stateFromBackup'))
  if (found.migrated !== null)
    say(`migrated ${found.migrated.to} ${at}`, text('store.remark.migrated', { ...found.migrated }))
  for (const { kind, file, count, fresh } of found.damage) {
    if (!fresh) continue
    const id = kind === 'missing-pack' ? `${kind} ${file}` : `${kind} ${file} ${at}`
    say(id, text(REMARKS[kind], { file, count }))
  }
  if (remarks.length === 0) return state
  return { ...state, remarks: [...remarks, ...state.remarks].slice(0, KEPT) }
}

const REMARKS = {
  'torn-tail': 'store.remark.tornTail',
  'bad-lines': 'store.remark.badLines',
  'missing-pack': 'store.remark.missingPack',
} as const
