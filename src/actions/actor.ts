import { Failure } from '../domain/failure.ts'
import { text } from '../domain/text.ts'

/** Who asks for something, as the audit log writes it down. */
export interface Actor {
  readonly who: string
  readonly from: string
  readonly administrator: boolean
}

export interface AuditLine {
  readonly action: string
  readonly who: string
  readonly from: string
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
