import type { App } from '../../src/app.ts'
import { jobState } from '../../src/domain/job-state.ts'
import { runId } from '../../src/domain/run.ts'
import { wantedTopics } from '../../src/mqtt/wanted.ts'
import type { Visitor } from './visitors.ts'

/**
 * Everything that programs, pages and a broker see, by address or topic: with a clock that stands still the same
 * bytes for the same data. `runs`: how many of the newest runs are asked for one by one.
 */
export async function everythingSeen(
  app: App,
  who: Visitor,
  options: { readonly runs: number; readonly pages: boolean },
): Promise<Map<string, string>> {
  const { store, words, clock } = app.house
  const state = store.state()
  const rows = store.history.latest(options.runs)
  const jobs = Object.keys(state.jobs).sort()
  const paths = [
    '/api/summary',
    ...['summary', 'servers', 'jobs', 'incidents'].map((name) => `/api/v1/${name}`),
    ...jobs.map((id) => `/api/v1/jobs/${id}/runs?limit=500`),
    ...rows.map(({ no }) => `/api/v1/runs/${runId(no)}`),
    ...Object.values(state.servers).map(({ name }) => `/api/lastbackups/${encodeURIComponent(name)}`),
    ...(options.pages ? ['/?fragment=1', ...jobs.map((id) => `/jobs/${id}?fragment=1`)] : []),
  ]
  const seen = new Map<string, string>()
  const address = app.urls.public.replace(/\/$/, '')
  for (const path of paths) {
    const answer = await fetch(`${address}${path}`, { headers: who })
    // Links are absolute there: each start has a port of its own.
    seen.set(path, `${answer.status} ${(await answer.text()).replaceAll(address, '')}`)
  }
  const topics = wantedTopics({
    state,
    judge: (job, server) => jobState(job, server, state, clock.now()).state,
    say: (said) => words(null).say(said),
    presence: {
      instance: state.instance,
      prefix: 'duplistatus',
      discovery: 'homeassistant',
      devices: 'jobs',
      version: '1',
      homepage: 'https://example.org',
      page: null,
    },
  })
  for (const [topic, payload] of topics) seen.set(topic, payload)
  return seen
}

/** Names of what differs; none where all is the same. */
export function differences(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((name) => one.get(name) !== other.get(name))
}
