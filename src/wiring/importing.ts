import { join } from 'node:path'
import { type AuditLine, type Doer, mustAdminister, signed } from '../actions/actor.ts'
import { previewImport } from '../actions/care/import-preview.ts'
import { importReference, tallyText } from '../actions/care/import-reference.ts'
import type { Tasks, Work } from '../actions/care/tasks.ts'
import { Failure } from '../domain/failure.ts'
import { type ImportShare, ImportShares } from '../domain/import-share.ts'
import { refreshExpectations } from '../domain/refresh-expectation.ts'
import type { SealedSecret } from '../domain/state.ts'
import { type Text, text } from '../domain/text.ts'
import { isTrashId } from '../domain/trash.ts'
import type { Clock } from '../kit/clock.ts'
import { randomName } from '../kit/ids.ts'
import { openReference, type Reference } from '../reference-import/reference.ts'
import type { Disk } from '../store/disk.ts'
import type { Store } from '../store/store-shape.ts'
import type { ImportDesk, ImportPreview } from '../web/care-desk.ts'
import { type Chosen, chooseFound, forgetUpload, foundIn, keepUpload, readKey } from './import-choice.ts'
import { importNeeds, legacyRuns } from './import-needs.ts'

/** Whoever may read the data folder, in the audit log. */
const OWNER: Doer = { who: 'command line', from: 'this machine' }

/** Bringing in the database of the reference product: upload or find, look, take over, find old addresses again. */
export function importing(house: {
  store: Store
  clock: Clock
  disk: Disk
  dir: string
  zone: string
  tasks: Tasks
  seal(secret: string): SealedSecret
  audit(line: AuditLine): Promise<void>
  changed(why: string): void
}) {
  const { store, clock, dir, tasks } = house
  const legacy = legacyRuns(dir, (no) => {
    const row = store.history.row(no)
    return row !== null && !isTrashId(row.jobId)
  })
  const needs = importNeeds({ ...house, legacyRuns: legacy })
  let chosen: (Chosen & { preview: ImportPreview | null }) | null = null
  /** What became of each kind in the last import since the start; also of one that was called off. */
  let last: readonly ImportShare[] = []
  const open = (file: Chosen) => {
    const workingCopy = file.isOurs ? null : join(dir, 'tmp', `reference-${randomName(8)}.db`)
    return openReference(file, workingCopy, clock.now())
  }
  const work =
    (file: Chosen, by: Doer): Work =>
    async (tell, signal) => {
      const reference = await open(file)
      const shares = new ImportShares(reference.notes)
      let isDone = false
      try {
        const said = tallyText(await importReference(needs, reference, shares, tell, signal))
        isDone = true
        return said
      } finally {
        last = shares.list()
        // Also of what came before somebody called it off.
        await store.settled()
        await store.change((state) => refreshExpectations(state, clock.now()))
        await reference.close()
        legacy.forget()
        house.changed('import')
        await house.audit({
          action: 'import.ended',
          ...by,
          result: isDone ? 'done' : 'failed',
          changes: broughtIn(last),
        })
      }
    }
  const begin = async (
    file: Chosen,
    by: Doer,
    ended: (said: Text) => Promise<void>,
    failed: (why: unknown) => void,
  ) => {
    const bringIn = work(file, by)
    tasks.begin('import', by.who, async (tell, signal) => {
      try {
        const said = await bringIn(tell, signal)
        await ended(said)
        return said
      } catch (error) {
        failed(error)
        throw error
      }
    })
    await house.audit({ action: 'import', ...by, result: 'done' })
  }
  const desk: ImportDesk = {
    found: () => foundIn(dir),
    async choose(parts) {
      await desk.forget()
      chosen = { ...(await keepUpload(parts, house.disk, dir)), preview: null }
    },
    async chooseFound() {
      await desk.forget()
      chosen = { ...(await chooseFound(dir)), preview: null }
    },
    async preview() {
      if (chosen === null || chosen.preview !== null) return chosen?.preview ?? null
      const file = chosen
      try {
        const reference = await open(file)
        const preview = previewOf(reference, previewImport(reference, needs))
        await reference.close()
        if (chosen === file) chosen = { ...file, preview }
        return preview
      } catch (error) {
        await desk.forget()
        throw error
      }
    },
    async begin(by) {
      mustAdminister(by)
      if (chosen === null) throw new Failure('conflict', text('import.nothing-chosen'))
      // What was called off or failed is kept, to be tried again.
      await begin(chosen, signed(by), desk.forget, () => undefined)
    },
    result: () => last,
    async forget() {
      const file = chosen
      chosen = null
      if (file?.isOurs === true) await forgetUpload(file.path)
    },
    oldRun: legacy.find,
  }
  return {
    desk,
    /** For the command line: waits for the end, and says what did not come. */
    async take(path: string, keyPath: string | undefined): Promise<readonly Text[]> {
      const key = await readKey(keyPath)
      const said = await new Promise<Text>((resolve, reject) => {
        begin({ path, key, isOurs: false }, OWNER, async (outcome) => resolve(outcome), reject).catch(reject)
      })
      return [said, ...last.flatMap((share) => share.notes)]
    },
  }
}

/** For the audit log: how many of each kind came. */
function broughtIn(shares: readonly ImportShare[]): NonNullable<AuditLine['changes']> {
  return Object.fromEntries(shares.filter((one) => one.comes > 0).map((one) => [one.kind, [null, one.comes]]))
}

function previewOf(reference: Reference, shares: readonly ImportShare[]): ImportPreview {
  const { version, servers, survey } = reference
  return {
    version,
    servers: servers.map((server) => server.alias || server.name),
    jobs: new Set(survey.jobs.map((job) => JSON.stringify([job.server, job.name]))).size,
    oldest: survey.oldest,
    newest: survey.newest,
    shares,
  }
}
