import type { Ledger, Placement } from '../domain/ledger-shape.ts'
import type { Arrival } from '../domain/run.ts'
import type { State } from '../domain/state.ts'
import { Passing } from '../kit/passing.ts'
import type { StateBox } from './state-box.ts'

interface Underway {
  readonly arrival: Arrival
  readonly serverId: string
  readonly jobId: string
}

/**
 * Finds whose an arrival is, on the state as it will be once all that is being written is there: two first
 * reports of one machine, at once, make one server.
 */
export class Placing {
  readonly #ledger: Ledger
  readonly #box: StateBox
  readonly #newId: (kind: 'srv' | 'job') => string
  readonly #underway = new Passing<Underway>()
  #expected: State
  #changesSeen = 0

  constructor(parts: { ledger: Ledger; box: StateBox; newId: (kind: 'srv' | 'job') => string }) {
    this.#ledger = parts.ledger
    this.#box = parts.box
    this.#newId = parts.newId
    this.#expected = parts.box.settled
  }

  place(arrival: Arrival): Placement {
    if (this.#underway.size === 0) this.#expected = this.#box.settled
    else if (this.#changesSeen !== this.#box.changes) this.#workOut()
    this.#changesSeen = this.#box.changes
    return this.#ledger.place(this.#expected, arrival, this.#newId)
  }

  /** Counts an arrival in until the function it gives is called: it was written, or could not be. */
  enter(arrival: Arrival, placement: Placement): () => void {
    const underway = { arrival, serverId: placement.serverId, jobId: placement.jobId }
    this.#underway.add(underway)
    this.#expected = placement.state
    return () => {
      this.#underway.delete(underway)
      // Either it is settled by now, or nothing came of it: both show in the state of the box.
      if (placement.newServer) this.#workOut()
    }
  }

  #workOut(): void {
    this.#expected = this.#box.settled
    for (const { arrival, serverId, jobId } of this.#underway) {
      const ids = (kind: 'srv' | 'job') => (kind === 'srv' ? serverId : jobId)
      this.#expected = this.#ledger.place(this.#expected, arrival, ids).state
    }
  }
}
