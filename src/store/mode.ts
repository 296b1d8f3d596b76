import type { Clock } from '../kit/clock.ts'
import { faultOf } from './fault.ts'
import type { StoreHealth, StoreLog } from './store-shape.ts'

/** Whether the disk takes what is written; shared by everything that writes. */
export class Mode {
  #now: StoreHealth['mode'] = 'ok'
  #since: string | null = null
  #note: string | null = null
  readonly #clock: Clock
  readonly #log: StoreLog

  constructor(clock: Clock, log: StoreLog) {
    this.#clock = clock
    this.#log = log
  }

  get now(): StoreHealth['mode'] {
    return this.#now
  }

  get since(): string | null {
    return this.#since
  }

  get note(): string | null {
    return this.#note
  }

  get readOnly(): boolean {
    return this.#now === 'read-only'
  }

  failed(error: unknown): void {
    const fault = faultOf(error)
    if (this.readOnly || fault === 'passing' || fault === 'bug') return
    if (fault === 'full') {
      if (this.#now === 'full') return
      this.#turn('full', error)
      this.#log.warn({ error }, 'The disk is full: nothing new is kept until there is room.')
    } else {
      this.#turn('read-only', error)
      this.#log.error(
        { error },
        'The disk failed: the data folder is only read until the program starts again.',
      )
    }
  }

  worked(): void {
    if (this.#now !== 'full') return
    this.#now = 'ok'
    this.#since = null
    this.#note = null
    this.#log.info({}, 'There is room on the disk again.')
  }

  #turn(mode: StoreHealth['mode'], error: unknown): void {
    this.#now = mode
    this.#note = error instanceof Error ? error.message : String(error)
    this.#since = this.#clock.now().toISOString()
  }
}
