import type { ImportShares } from '../../domain/import-share.ts'
import type { Job, Override } from '../../domain/job.ts'
import { jobsOf } from '../../domain/jobs-of.ts'
import type { Server } from '../../domain/server.ts'
import type { State } from '../../domain/state.ts'
import { text } from '../../domain/text.ts'
import type { ImportNeeds, ImportSource, SourceSettings } from './import-source.ts'
import { serverHere } from './import-state.ts'

const ALL_JOBS = '__default__'
const NAMED = 8
const DAY_MS = 86_400_000

/** What somebody set here already wins. */
export function withSettings(
  state: State,
  source: ImportSource,
  needs: ImportNeeds,
  shares: ImportShares,
): State {
  let next = withAges(state, source, needs, shares)
  for (const part of source.settings.parts) next = withPart(next, part, needs, shares)
  return withOverrides(next, source, needs, shares)
}

function withPart(state: State, part: SourceSettings, needs: ImportNeeds, shares: ImportShares): State {
  const { kind, anchors, secrets: given } = part
  const [found, sealed] = [Object.keys(part.values).length, Object.keys(given).length]
  if (found === 0) return state
  const isOther = anchors.some((key) => isSetOtherwise(state, key, part.values[key]))
  if (isOther) {
    shares.count(kind, { found, here: found })
    shares.count('secrets', { found: sealed, here: sealed })
    shares.note(kind, text('import.note.set-here'))
    return state
  }
  const fresh = Object.entries(part.values).filter(([key]) => !Object.hasOwn(state.settings, key))
  const kept = fresh.map(([key, value]) => [key, checked(kind, key, value, needs, shares)] as const)
  // Without these the others are of no use, or would go to somebody else.
  const isLost = kept.some(([key, value]) => value === undefined && anchors.includes(key))
  const taken = isLost ? [] : kept.filter(([, value]) => value !== undefined)
  shares.count(kind, { found, comes: taken.length, here: found - fresh.length })
  const fit = isLost ? [] : Object.entries(given).filter(([name]) => !Object.hasOwn(state.secrets, name))
  shares.count('secrets', { found: sealed, comes: fit.length, here: isLost ? 0 : sealed - fit.length })
  const secrets = Object.fromEntries(fit.map(([name, secret]) => [name, needs.seal(secret)]))
  return {
    ...state,
    settings: { ...state.settings, ...Object.fromEntries(taken) },
    secrets: { ...state.secrets, ...secrets },
  }
}

function isSetOtherwise(state: State, key: string, theirs: unknown): boolean {
  const ours = Object.hasOwn(state.settings, key) ? state.settings[key] : undefined
  return ours !== undefined && ours !== '' && theirs !== undefined && ours !== theirs
}

/** undefined where it cannot be kept; of a list what can. */
function checked(
  kind: SourceSettings['kind'],
  key: string,
  value: unknown,
  needs: ImportNeeds,
  shares: ImportShares,
): unknown {
  if (Array.isArray(value) && value.length > 1)
    return value.flatMap((one) => (checked(kind, key, [one], needs, shares) as unknown[] | undefined) ?? [])
  const found = needs.check(key, value)
  if ('key' in found) {
    shares.note(kind, text('import.note.refused', { name: key, reason: found }))
    return undefined
  }
  for (const note of found.notes) shares.note(kind, note)
  return found.value
}

/** There runs and logs stay until somebody cleans up: what is older than is kept here by default is not deleted. */
function withAges(state: State, source: ImportSource, needs: ImportNeeds, shares: ImportShares): State {
  const settings = { ...state.settings }
  const { times, withLog } = source.survey
  for (const [kind, key, preset] of [
    ['runs', 'retention.run_days', 730],
    ['logs', 'retention.log_days', 90],
  ] as const) {
    const days = typeof settings[key] === 'number' ? settings[key] : preset
    const before = needs.now().getTime() - days * DAY_MS
    const older = times.findIndex((at) => at >= before)
    const count = older < 0 ? times.length : older
    if (days === 0 || count === 0 || (kind === 'logs' && withLog === 0)) continue
    const isSet = Object.hasOwn(settings, key)
    shares.note(
      kind,
      text(isSet ? `import.note.older-${kind}-go` : `import.note.older-${kind}-stay`, { count, days }),
    )
    if (!isSet) settings[key] = 0
  }
  return { ...state, settings }
}

function withOverrides(state: State, source: ImportSource, needs: ImportNeeds, shares: ImportShares): State {
  const servers: Record<string, Server> = { ...state.servers }
  const jobs: Record<string, Job> = { ...state.jobs }
  const strays: string[] = []
  for (const { key, override } of source.settings.overrides) {
    const found = whose({ ...state, servers, jobs }, key, source, needs)
    if (found.length === 0) strays.push(key.slice(0, 80))
    const changed = found.filter((one) => !isHeld(override, one.overrides))
    shares.one('overrides', found.length === 0 ? 'neither' : changed.length > 0 ? 'comes' : 'here')
    for (const one of changed) {
      const overrides = { ...override, ...one.overrides }
      if ('serverId' in one) jobs[one.id] = { ...one, overrides }
      else servers[one.id] = { ...one, overrides }
    }
  }
  if (strays.length > 0) {
    const names = `${strays.slice(0, NAMED).join(', ')}${strays.length > NAMED ? ' …' : ''}`
    shares.note('overrides', text('import.note.no-job', { count: strays.length, names }))
  }
  return { ...state, servers, jobs }
}

/**
 * The jobs, or the server, that a key `server:job` speaks of. Names may hold colons; up to 0.6 the server goes by
 * its name, which several may have.
 */
function whose(
  state: State,
  key: string,
  source: ImportSource,
  needs: ImportNeeds,
): readonly (Job | Server)[] {
  for (const by of ['id', 'name'] as const) {
    for (let at = key.indexOf(':'); at >= 0; at = key.indexOf(':', at + 1)) {
      const same = source.servers.filter((one) => uptoNul(one[by]) === uptoNul(key.slice(0, at)))
      const found = same.flatMap((one) =>
        named(state, serverHere(state, one, needs), key.slice(at + 1), needs),
      )
      if (found.length > 0) return found
    }
  }
  return []
}

function named(
  state: State,
  server: Server | null,
  job: string,
  needs: ImportNeeds,
): readonly (Job | Server)[] {
  if (server === null) return []
  if (job === ALL_JOBS) return [server]
  const name = needs.identify({ 'backup-name': job }).backupName
  return jobsOf(state, server.id).filter((one) => one.name === name)
}

function isHeld(theirs: Override, ours: Override): boolean {
  return Object.keys(theirs).every((name) => Object.hasOwn(ours, name))
}

/** SQLite gives a text only up to its first NUL; the same name inside JSON is whole. */
function uptoNul(name: string): string {
  return name.split('\u0000')[0] ?? ''
}
