import { Failure } from '../domain/failure.ts'
import { recognise } from '../domain/recognise.ts'
import { readAddress } from '../domain/remote-address.ts'
import {
  REACH_STEPS,
  type Reach,
  type ReachStep,
  type RemoteFacts,
  type RemoteServers,
} from '../domain/remote-shape.ts'
import type { State } from '../domain/state.ts'
import type { Text } from '../domain/text.ts'
import { type Actor, mustAdminister } from './actor.ts'

export interface ProbeServerNeeds {
  state(): State
  readonly servers: RemoteServers
}

/** How a server is to be reached, as it was typed. */
export type ProbeRequest = Reach

/** What a connection test found, step by step. */
export interface Probed {
  /** In order, up to the one that failed; the rest is `not-tried`. `certificate` is `skipped` without https. */
  readonly steps: readonly {
    readonly step: ReachStep
    readonly result: 'passed' | 'failed' | 'skipped' | 'not-tried'
  }[]
  readonly ok: boolean
  /** Why the step failed and what to do. */
  readonly trouble: Text | null
  /** SHA-256 of a certificate that was refused, to be pinned where it is the right one. */
  readonly fingerprint: string | null
  /** The address made whole; null where it could not be read. */
  readonly address: string | null
  readonly facts: RemoteFacts | null
  readonly jobs: readonly string[]
  /** The server that this machine already is, by its reports. */
  readonly knownAs: { readonly serverId: string; readonly name: string } | null
}

/**
 * Tries a connection and says how far it came. Stores nothing.
 * @throws Failure `forbidden` for anybody but an administrator: it could be used to look around in the network
 */
export function probeServer(
  needs: ProbeServerNeeds,
): (request: ProbeRequest, by: Actor, signal?: AbortSignal) => Promise<Probed> {
  return async (request, by, signal) => {
    mustAdminister(by)
    const passed = new Set<ReachStep>()
    let address: string | null = null
    let facts: RemoteFacts | null = null
    let jobs: readonly string[] = []
    let trouble: Text | null = null
    try {
      address = readAddress(request.address)
      passed.add('address')
      const onStep = (step: ReachStep) => passed.add(step)
      const session = needs.servers.open({ ...request, address }, { onStep, ...(signal ? { signal } : {}) })
      try {
        facts = await session.facts()
        const state = await session.state()
        jobs = (await session.jobs({ zone: facts.zone, state })).map((job) => job.name)
      } finally {
        await session.close()
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      trouble = error.text
    }
    const known = facts === null ? null : recognise(needs.state(), facts)
    return {
      steps: stepsOf(passed, address),
      ok: trouble === null,
      trouble,
      fingerprint: fingerprintIn(trouble),
      address,
      facts,
      jobs,
      knownAs: known === null ? null : { serverId: known.id, name: known.name },
    }
  }
}

/** Without https there is no certificate to check. */
function stepsOf(passed: ReadonlySet<ReachStep>, address: string | null): Probed['steps'] {
  const needed = REACH_STEPS.filter(
    (step) => step !== 'certificate' || address?.startsWith('https:') === true,
  )
  const failed = needed.find((step) => !passed.has(step))
  return REACH_STEPS.map((step) => {
    if (passed.has(step)) return { step, result: 'passed' }
    if (step === failed) return { step, result: 'failed' }
    return { step, result: needed.includes(step) ? 'not-tried' : 'skipped' }
  })
}

function fingerprintIn(trouble: Text | null): string | null {
  const found = trouble?.values?.['fingerprint']
  return typeof found === 'string' ? found : null
}
