import type { Ledger } from '../domain/ledger-shape.ts'
import { type Arrival, type Run, type RunLog, runId } from '../domain/run.ts'
import type { State } from '../domain/state.ts'
import { Passing } from '../kit/passing.ts'
import type { AppendQueue } from './append-queue.ts'
import { parseLine } from './line.ts'
import { encodeLog } from './log-block.ts'
import type { Placing } from './placing.ts'
import { findRepeats, repeatKey } from './repeat.ts'
import { headOf, type LineHead, runLine, runOf } from './run-line.ts'
import type { Block, RunReader } from './run-reader.ts'
import type { RunTable } from './run-table.ts'
import { type OnBug, settle } from './settle.ts'
import type { Shelf } from './shelf.ts'
import type { StateBox } from './state-box.ts'
import type { Recorded } from './store-shape.ts'

interface Parts {
  readonly ledger: Ledger
  readonly placing: Placing
  readonly table: RunTable
  readonly shelf: Shelf
  readonly reader: RunReader
  readonly queue: AppendQueue
  readonly box: StateBox
  readonly onBug: OnBug
}

type Unnumbered = Omit<Run, 'no'> & { readonly no: number | null }

/** Keeps runs: finds whose they are and whether we have them, appends what is new, folds it into the state. */
export class Recorder {
  readonly #parts: Parts
  /** What is being written, by what it is known under: the same report twice at once is one run. */
  readonly #inFlight = new Passing<{ readonly key: string; readonly work: Promise<unknown> }>()
  /** Commits that runs wait for. */
  readonly #uncommitted = new Passing<{ readonly no: number; readonly committed: Promise<void> }>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async record(arrival: Arrival, log: RunLog | null): Promise<Recorded> {
    for (;;) {
      const { placing, table } = this.#parts
      const placed = placing.place(arrival)
      const key = repeatKey(placed.jobId, arrival)
      const first = this.#inFlight.find((one) => one.key === key)
      if (first !== undefined) {
        await first.work
        continue
      }
      const repeats = findRepeats(table, placed.jobId, arrival)
      const leave = repeats.length === 0 ? placing.enter(arrival, placed) : () => undefined
      const work = this.#keep(arrival, log, repeats, placed).finally(leave)
      const going = { key, work }
      this.#inFlight.add(going)
      try {
        return { ...(await work), newServer: placed.newServer }
      } finally {
        this.#inFlight.delete(going)
      }
    }
  }

  async #keep(
    arrival: Arrival,
    log: RunLog | null,
    repeats: readonly number[],
    ids: { readonly serverId: string; readonly jobId: string },
  ): Promise<Omit<Recorded, 'newServer'>> {
    const dated = arrival.begin !== null && !Number.isNaN(Date.parse(arrival.begin))
    for (const no of repeats) {
      const kept = await this.#parts.reader.run(no)
      if (dated || kept?.bodyHash === arrival.bodyHash) return this.#repeat(no, kept, arrival, log)
    }
    const block = log === null ? null : await blockOf(arrival, log)
    const { serverId, jobId } = ids
    const run = await this.#append({ ...arrival, no: null, rev: 0, serverId, jobId }, block)
    return this.#recorded(run, { duplicate: false, revised: false })
  }

  /** A later copy of a run we have: kept as well where it tells more, or has the log that we lost. */
  async #repeat(no: number, kept: Run | null, arrival: Arrival, log: RunLog | null) {
    const { ledger, reader, table } = this.#parts
    const row = table.rowOf(no)
    const ids = table.idsOf(row ?? -1)
    const later: Run = { ...arrival, no, rev: kept?.rev ?? 0, ...ids }
    const keptBlock = await reader.block(no)
    const state = reader.logState(no)
    const richer = kept === null ? later : ledger.richer(kept, later)
    const newLog =
      log !== null && (log.lines.length > 0 || log.raw !== null) && (state === 'none' || state === 'damaged')
    if (richer === null && !newLog) return this.#recorded(later, { duplicate: true, revised: false })
    const better = log !== null && state !== 'gone' && log.lines.length > (keptBlock?.lines ?? -1)
    const block = better ? await blockOf(arrival, log) : keptBlock
    const run = { ...(richer ?? kept ?? later), no, rev: (kept?.rev ?? 0) + 1, ...ids }
    return this.#recorded(await this.#append(run, block), { duplicate: true, revised: true })
  }

  #append(run: Unnumbered, block: Block | null): Promise<Run> {
    return new Promise((resolve, reject) => {
      let written: { run: Run; head: LineHead; line: Buffer } | null = null
      this.#parts.queue.add({
        block: block?.bytes ?? null,
        blockLines: block?.lines ?? 0,
        receivedMs: Date.parse(run.received),
        numbered: true,
        line: (seq, place) => {
          const numbered: Run = { ...run, no: run.no ?? seq }
          const head = headOf(numbered, seq, place !== null)
          const line = runLine(numbered, head, place)
          written = { run: numbered, head, line }
          return line
        },
        done: (seq, at) => {
          if (written === null) return
          const { table, shelf, reader } = this.#parts
          shelf.bury(table.put(written.head, at))
          reader.forget(written.run.no)
          this.#fold(written.run, seq, written.line)
          resolve(written.run)
        },
        fail: reject,
      })
    })
  }

  #fold(run: Run, seq: number, line: Buffer): void {
    const { box, ledger, onBug } = this.#parts
    let moved: { readonly serverId: string; readonly jobId: string } | null = null
    const now = (state: State) => {
      const settled = settle(ledger, state, { run, seq }, onBug)
      moved = settled.moved
      return settled.state
    }
    this.#noteUncommitted(run.no, box.fold(run.no, now, this.#again(line, seq)))
    if (moved !== null) this.correct(run, moved)
  }

  /** For a write that fails: the run waits as its line, since a thousand of them taken apart are work for the collector. */
  #again(line: Buffer, seq: number): (state: State) => State {
    const { ledger, onBug } = this.#parts
    return (state) => settle(ledger, state, { run: runOf(parseLine(line, 0, line.length)), seq }, onBug).state
  }

  #noteUncommitted(no: number, committed: Promise<void>): void {
    const waiting = { no, committed }
    this.#uncommitted.add(waiting)
    const forget = () => this.#uncommitted.delete(waiting)
    committed.then(forget, forget)
  }

  /** Writes a run again under ids that exist. Nobody waits for it; if it fails, the next opening does it. */
  correct(run: Run, ids: { readonly serverId: string; readonly jobId: string }): void {
    const again = async () => {
      const block = await this.#parts.reader.block(run.no)
      await this.#append({ ...run, ...ids, rev: run.rev + 1 }, block)
    }
    again().catch(() => undefined)
  }

  #recorded(run: Run, came: { duplicate: boolean; revised: boolean }): Omit<Recorded, 'newServer'> {
    const waiting = this.#uncommitted.find((one) => one.no === run.no)
    const committed = waiting?.committed ?? Promise.resolve()
    return { no: run.no, runId: runId(run.no), serverId: run.serverId, jobId: run.jobId, ...came, committed }
  }
}

/** Who sends a report waits for the answer. */
async function blockOf({ origin }: Arrival, log: RunLog): Promise<Block> {
  return { bytes: await encodeLog(log, origin === 'report'), lines: log.lines.length }
}
