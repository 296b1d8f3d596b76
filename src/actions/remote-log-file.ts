import { Failure } from '../domain/failure.ts'
import { reachOf, secretName } from '../domain/remote-reach.ts'
import type { RemoteFacts, RemoteJob, RemoteServers, RemoteSession } from '../domain/remote-shape.ts'
import type { State } from '../domain/state.ts'
import { text } from '../domain/text.ts'
import { type Actor, type AuditLine, mustAdminister, signed } from './actor.ts'
import { isOfJob } from './collect-server.ts'

export interface RemoteLogFileNeeds {
  state(): State
  readonly servers: RemoteServers
  secret(name: string): string | null
  /** The pieces of the file. */
  write(facts: RemoteFacts, jobs: readonly JobLog[]): AsyncGenerator<string>
  audit(line: AuditLine): Promise<void>
}

interface JobLog {
  readonly job: RemoteJob
  rows(): AsyncIterable<{ readonly row: unknown } | { readonly trouble: string }>
}

const PAGE = 50

/**
 * All that the logs of a server hold, read anew and given as a file; nothing is recorded. What the server refuses is
 * thrown before the first piece; a job whose log cannot be read is told in the file.
 */
export function remoteLogFile(
  needs: RemoteLogFileNeeds,
): (serverId: string, by: Actor, signal: AbortSignal) => Promise<AsyncIterable<string>> {
  return async (serverId, by, signal) => {
    mustAdminister(by)
    const { servers } = needs.state()
    const server = Object.hasOwn(servers, serverId) ? servers[serverId] : undefined
    if (server === undefined) throw new Failure('not-found', text('duplicati.failure.no-such-server'))
    const session = needs.servers.open(reachOf(server, needs.secret(secretName(serverId))), { signal })
    try {
      const facts = await session.facts()
      const jobs = await session.jobs({ zone: facts.zone, state: null })
      await needs.audit({ action: 'server.download', ...signed(by), target: serverId, result: 'done' })
      return pieces(
        needs.write(
          facts,
          jobs.map((job) => ({ job, rows: () => rowsOf(session, job) })),
        ),
        session,
      )
    } catch (error) {
      await session.close()
      throw error
    }
  }
}

async function* pieces(file: AsyncGenerator<string>, session: RemoteSession): AsyncGenerator<string> {
  try {
    yield* file
  } finally {
    await session.close()
  }
}

async function* rowsOf(session: RemoteSession, { backupId }: RemoteJob): ReturnType<JobLog['rows']> {
  try {
    for (let before: number | null = null; ; ) {
      const { rows, more } = await session.rows(backupId, { before, size: PAGE })
      for (const { row } of rows) yield { row }
      const last = rows.at(-1)
      // Also where a server gives the same page again and again.
      if (!more || last === undefined || (before !== null && last.id >= before)) return
      before = last.id
    }
  } catch (error) {
    if (!(error instanceof Failure) || !isOfJob(error)) throw error
    yield { trouble: error.text.key }
  }
}
