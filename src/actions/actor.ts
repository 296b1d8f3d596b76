import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

/** Who asks for something, as the audit log writes it down. */
export interface Doer {
  readonly who: string
  readonly from: string
  /** What the browser or program calls itself. */
  readonly agent?: string
}

export interface Actor extends Doer {
  readonly administrator: boolean
}

export interface AuditLine extends Doer {
  readonly action: string
  readonly result: 'done' | 'refused' | 'failed'
  readonly target?: string
  readonly reason?: string
  /** Old and new values, for changes. */
  readonly changes?: Readonly<Record<string, readonly [unknown, unknown]>>
}

/** @throws Failure `forbidden` */
export function mustAdminister(actor: Actor): void {
  if (!actor.administrator) throw new Failure('forbidden', text('duplicati.failure.administrators-only'))
}

/** The part of an actor that a line of the audit log is signed with. */
export function signed({ who, from, agent }: Doer): Doer {
  return { who, from, ...(agent === undefined ? {} : { agent }) }
}
