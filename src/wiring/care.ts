import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditLine } from '../actions/actor.ts'
import type { CareNeeds } from '../actions/care/care-needs.ts'
import { emptyTrash } from '../actions/care/empty-trash.ts'
import { mergeThings, previewMerge } from '../actions/care/merge-things.ts'
import { finishMoves, removeData } from '../actions/care/remove-data.ts'
import { select } from '../actions/care/scope.ts'
import { createTasks } from '../actions/care/tasks.ts'
import { undoRemoval } from '../actions/care/undo-removal.ts'
import type { SealedSecret } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { newId } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { copyPath, listCopies } from '../store/copies.ts'
import type { Disk } from '../store/disk.ts'
import type { Store } from '../store/store-shape.ts'
import type { CareDesk } from '../web/care-desk.ts'
import { copying } from './copying.ts'
import { importing } from './importing.ts'
import type { DataSteps } from './outside.ts'
import { restoring } from './restoring.ts'

export interface CareHouse {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly disk: Disk
  readonly data: DataSteps
  readonly dir: string
  readonly zone: string
  seal(secret: string): SealedSecret
  audit(line: AuditLine): Promise<void>
  changed(why: string): void
  onProgress(task: string, progress: unknown): void
  readonly restart: (() => void) | null
}

export type Care = ReturnType<typeof care>

/** Care of the data: facts, checking, compacting, copies, restoring, the trash, merging. */
export function care(house: CareHouse) {
  const { store, clock } = house
  const needs: CareNeeds = {
    clock,
    state: store.state,
    change: store.change,
    settled: store.settled,
    history: store.history,
    run: store.run,
    move: store.move,
    remove: store.remove,
    newId,
    audit: house.audit,
    changed: house.changed,
  }
  const tasks = createTasks({
    clock,
    onBug: (error, name) => house.log.error(`The work "${name}" met an error that nobody foresaw`, { error }),
    told: house.onProgress,
  })
  const copies = copying(house)
  const imports = importing({ ...house, tasks })
  const desk: CareDesk = {
    import: imports.desk,
    facts: async () => ({
      usage: await store.usage(),
      damage: store.health().damage,
      rejected: await store.rejected(),
      setAside: await readdir(join(house.dir, 'quarantine')).catch(() => []),
      copyTrouble: copies.trouble(),
    }),
    task: tasks.view,
    cancel: tasks.cancel,
    beginCheck: (by) =>
      tasks.begin('check', by, async (tell) => {
        const found = await store.check(tell)
        const bad = found.badLines + found.badLogs + found.missingPacks
        return text(bad === 0 ? 'care.check.good' : 'care.check.bad', { ...found, bad })
      }),
    beginCompaction: (by) =>
      tasks.begin('compact', by, async () => {
        const done = await store.compact()
        if (done.deferred) return text('care.compact.deferred')
        return text('care.compact.done', { files: done.segments, freed: { bytes: done.freedBytes } })
      }),
    archive: () => store.exportTar(),
    copies: async () => ({ folder: copies.folder(), list: await listCopies(copies.folder()) }),
    makeCopy: copies.byHand,
    openCopy: (name) => {
      const path = copyPath(copies.folder(), name)
      return path === null ? null : createReadStream(path)
    },
    ...restoring({ ...house }),
    select: (scope) => select(needs, scope),
    remove: removeData(needs),
    undo: undoRemoval(needs),
    previewMerge: (wish) => previewMerge(needs, wish),
    merge: mergeThings(needs),
  }
  const empty = emptyTrash(needs)
  return {
    desk,
    take: imports.take,
    chores: {
      copy: copies.byNight,
      trash: async () => `${await empty()} runs`,
    },
    /** After a crash in the middle of removing or merging. */
    start: () => finishMoves(needs),
    stop: () => tasks.stop(),
  }
}
