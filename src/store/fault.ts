import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'
import { errorCode } from './disk.ts'

/**
 * What a failed write means. `full`: go on when there is room. `passing`: the system was short of something else,
 * the next write may do. `broken`: after an I/O error the page cache cannot be trusted, so no more is written
 * until the program starts again. `bug`: the disk has nothing to do with it.
 */
export type Fault = 'full' | 'passing' | 'broken' | 'bug'

export function faultOf(error: unknown): Fault {
  const code = errorCode(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'full'
  if (code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM' || code === 'EAGAIN') return 'passing'
  return /^E[A-Z0-9]+$/.test(code) ? 'broken' : 'bug'
}

export function noRoom(cause?: unknown): Failure {
  return new Failure('no-room', text('store.full'), { cause })
}

export function readOnly(cause?: unknown): Failure {
  return new Failure('unavailable', text('store.readOnly'), { cause })
}

export function busy(cause?: unknown): Failure {
  return new Failure('unavailable', text('store.busy'), { cause })
}

export function closed(): Failure {
  return new Failure('unavailable', text('store.closed'))
}

/** Another process has the folder. */
export function inUse(dir: string): Failure {
  return new Failure('conflict', text('store.open.inUse', { dir }))
}

/** The Failure that says what a failed write means; a bug stays what it is. */
export function failureOf(error: unknown): unknown {
  switch (faultOf(error)) {
    case 'full':
      return noRoom(error)
    case 'passing':
      return busy(error)
    case 'broken':
      return readOnly(error)
    case 'bug':
      return error
  }
}
