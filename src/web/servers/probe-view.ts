import type { Probed } from '../../actions/probe-server.ts'
import { hostOf } from '../../domain/remote-address.ts'
import type { Visit } from '../visit.ts'
import { duplicatiVersion } from './version-text.ts'

/** A connection test as a page shows it. */
export interface ProbeView {
  readonly address: string
  readonly ok: boolean
  readonly sentence: string
  readonly steps: readonly {
    readonly label: string
    readonly result: string
    readonly word: string
    readonly icon: string
  }[]
  /** Why the step that failed did. */
  readonly trouble: string
  /** Of a certificate that was refused; '' for none. */
  readonly fingerprint: string
  readonly jobs: readonly string[]
  readonly known: { readonly href: string; readonly label: string } | null
}

const ICONS = { passed: 'check', failed: 'x', skipped: 'dash', 'not-tried': 'dash' } as const

export function probeView(typed: string, probed: Probed, visit: Visit): ProbeView {
  const { words } = visit
  const address = probed.address ?? typed
  const { facts, knownAs } = probed
  return {
    address,
    ok: probed.ok,
    sentence: probed.ok
      ? words.say('servers.probe.good', {
          name: facts?.machineName ?? hostOf(address),
          version: duplicatiVersion(facts?.version ?? null, words),
          jobs: probed.jobs.length,
        })
      : words.say('servers.probe.bad', { address: hostOf(address) }),
    steps: probed.steps.map(({ step, result }) => ({
      label: words.say(`servers.step.${step}`),
      result,
      word: words.say(`servers.result.${result}`),
      icon: ICONS[result],
    })),
    trouble: probed.trouble === null ? '' : words.say(probed.trouble),
    fingerprint: probed.fingerprint ?? '',
    jobs: probed.jobs.slice(0, 50),
    known:
      knownAs === null
        ? null
        : {
            href: visit.link(`/settings/servers/${knownAs.serverId}`),
            label: words.say('servers.probe.known', { name: knownAs.name }),
          },
  }
}
