import type { Store } from '../../src/store/store-shape.ts'
import { nthArrival, type Told } from './store-writer.ts'

/**
 * What of it is not so in a database; nothing when every promise was kept. Only after a power cut or in a copy may
 * a run that nobody was told of lack its log.
 */
export async function verifyTold(
  store: Store,
  told: Told,
  after: 'kill' | 'power cut' | 'copy' = 'kill',
): Promise<string[]> {
  const wrong: string[] = []
  for (const [n, no] of told.runs) {
    const row = store.history.row(no)
    if (told.deleted.has(no)) {
      if (row !== null) wrong.push(`run ${no} was deleted and is there`)
      continue
    }
    if (row === null) {
      if (!told.deleting.has(no)) wrong.push(`run ${no} (${n}) was acknowledged and is not there`)
      continue
    }
    const run = await store.run(no)
    const begin = nthArrival(n).begin
    if (run?.begin !== begin || run?.messages !== n)
      wrong.push(`run ${no} is not the one that was acknowledged`)
    const lines = (await store.log(no))?.lines.length ?? null
    if (lines !== (n % 3 === 0 ? null : (n % 20) + 1)) wrong.push(`the log of run ${no} has ${lines} lines`)
  }
  const rows = store.history.latest(Number.MAX_SAFE_INTEGER)
  const once = new Set(rows.map((row) => `${row.jobId} ${row.beginMs}`))
  if (once.size !== rows.length) wrong.push(`${rows.length - once.size} runs are there twice`)
  const counter = Number(store.state().settings['counter'] ?? 0)
  if (counter < told.counter) wrong.push(`change ${told.counter} was confirmed and the state has ${counter}`)
  const folded = Object.values(store.state().jobs).reduce(
    (sum, job) => sum + Number(job.note.split(' ')[0]),
    0,
  )
  const most = rows.length + told.deleting.size
  if (folded < rows.length || folded > most) wrong.push(`${folded} folds for ${rows.length} to ${most} runs`)
  const { badLines, badLogs, missingPacks } = await store.check()
  if (badLines + missingPacks + (after === 'kill' ? badLogs : 0) > 0)
    wrong.push(`${badLines} bad lines, ${badLogs} bad logs, ${missingPacks} packs`)
  return wrong
}
