import { copyRecord, forgetKeys } from './copy-record.ts'
import type { Incident } from './incident.ts'
import { incidentsOf } from './incidents-of.ts'
import type { Job } from './job.ts'
import { carryIndex } from './jobs-of.ts'
import type { Notice } from './notice.ts'
import type { Server } from './server.ts'
import type { State } from './state.ts'

type Maps = Pick<State, 'servers' | 'jobs' | 'incidents' | 'notices' | 'features'>
type Thing<K extends keyof Maps> = Maps[K][string]

/**
 * A state in the making: each map is copied once, when it is first written to, and `finish` gives back the very
 * state it began with where nothing changed. Never leaves the pure function that made it.
 */
export class Draft {
  readonly base: State
  readonly #copies = new Map<keyof Maps, Record<string, unknown>>()
  #rest: Partial<State> = {}
  #jobsMoved = false
  #byJob: Map<string, Map<string, Incident>> | null = null

  constructor(base: State) {
    this.base = base
  }

  server(id: string): Server | undefined {
    return this.#read('servers', id)
  }

  job(id: string): Job | undefined {
    return this.#read('jobs', id)
  }

  incident(id: string): Incident | undefined {
    return this.#read('incidents', id)
  }

  notice(id: string): Notice | undefined {
    return this.#read('notices', id)
  }

  incidents(): readonly Incident[] {
    return Object.values(this.#all('incidents'))
  }

  /** Open incidents of one job's own. */
  incidentsOf(jobId: string): readonly Incident[] {
    if (!this.#copies.has('incidents'))
      return incidentsOf(this.base, { id: jobId }).filter((one) => one.jobId === jobId)
    this.#byJob ??= groupedByJob(this.incidents())
    return [...(this.#byJob.get(jobId)?.values() ?? [])]
  }

  notices(): readonly Notice[] {
    return Object.values(this.#all('notices'))
  }

  servers(): readonly Server[] {
    return Object.values(this.#all('servers'))
  }

  jobs(): readonly Job[] {
    return Object.values(this.#all('jobs'))
  }

  feature(name: string): unknown {
    return this.#read('features', name)
  }

  put<K extends keyof Maps>(map: K, id: string, thing: Thing<K>): void {
    if (this.#read(map, id) === thing) return
    const isNew = !Object.hasOwn(this.#all(map), id)
    const copy = this.#copy(map)
    copy[id] = thing
    if (isNew) forgetKeys(copy)
    if (isNew && map === 'jobs') this.#jobsMoved = true
    if (map === 'incidents') this.#note(thing as Incident)
  }

  drop(map: keyof Maps, id: string): void {
    if (map === 'jobs') this.#jobsMoved = true
    if (map === 'incidents') this.#byJob?.get(this.incident(id)?.jobId ?? '')?.delete(id)
    if (!Object.hasOwn(this.#all(map), id)) return
    const copy = this.#copy(map)
    delete copy[id]
    forgetKeys(copy)
  }

  set(rest: Partial<Omit<State, keyof Maps>>): void {
    this.#rest = { ...this.#rest, ...rest }
  }

  /** The new state; the old one where nothing was changed. */
  finish(): State {
    const changed = Object.entries(this.#rest).some(([key, value]) => this.base[key as keyof State] !== value)
    if (this.#copies.size === 0 && !changed) return this.base
    const next: State = { ...this.base, ...this.#rest, ...Object.fromEntries(this.#copies) }
    if (!this.#jobsMoved) carryIndex(this.base.jobs, next.jobs)
    return next
  }

  #note(incident: Incident): void {
    if (this.#byJob === null || incident.jobId === null) return
    const incidents = this.#byJob.get(incident.jobId) ?? new Map<string, Incident>()
    incidents.set(incident.id, incident)
    this.#byJob.set(incident.jobId, incidents)
  }

  #all<K extends keyof Maps>(map: K): Maps[K] {
    return (this.#copies.get(map) as Maps[K] | undefined) ?? this.base[map]
  }

  #read<K extends keyof Maps>(map: K, id: string): Thing<K> | undefined {
    const all = this.#all(map)
    return Object.hasOwn(all, id) ? (all[id] as Thing<K>) : undefined
  }

  #copy(map: keyof Maps): Record<string, unknown> {
    const known = this.#copies.get(map)
    if (known !== undefined) return known
    const copy = copyRecord(this.base[map])
    this.#copies.set(map, copy)
    return copy
  }
}

function groupedByJob(incidents: readonly Incident[]): Map<string, Map<string, Incident>> {
  const groups = new Map<string, Map<string, Incident>>()
  for (const incident of incidents) {
    if (incident.jobId === null) continue
    const group = groups.get(incident.jobId) ?? new Map<string, Incident>()
    group.set(incident.id, incident)
    groups.set(incident.jobId, group)
  }
  return groups
}
