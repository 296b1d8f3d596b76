import type { Clock } from '../kit/clock.ts'
import type { SupervisorAccess } from './supervisor-request.ts'

type Rank = 'administrator' | 'viewer'

const KEPT_MS = 60_000
/** After a failed look-up: not on every request, and not for long. */
const FAILED_MS = 5000
const TIMEOUT_MS = 5000

/**
 * Ranks of Home Assistant's users, kept for a minute. The door tells who somebody is, not what they may: the list
 * of users is asked over Core's websocket. Whoever is not in it, and everybody while it cannot be had, is a viewer.
 */
export function createRanks({
  clock,
  ...access
}: SupervisorAccess & { readonly clock: Clock }): (userId: string) => Promise<Rank> {
  let known: { readonly administrators: ReadonlySet<string>; readonly until: number } | null = null
  let asking: Promise<void> | null = null
  const ask = async () => {
    try {
      const administrators = await listAdministrators(access)
      known = { administrators, until: clock.elapsedMs() + KEPT_MS }
    } catch {
      known = { administrators: new Set(), until: clock.elapsedMs() + FAILED_MS }
    }
  }
  return async (userId) => {
    if (known === null || clock.elapsedMs() >= known.until) {
      asking ??= ask().finally(() => {
        asking = null
      })
      await asking
    }
    return known?.administrators.has(userId) === true ? 'administrator' : 'viewer'
  }
}

/** `auth_required`, `auth`, `auth_ok`, then `config/auth/list` (Home Assistant's websocket API). */
async function listAdministrators({ url, token }: SupervisorAccess): Promise<ReadonlySet<string>> {
  const { WebSocket } = await import('ws')
  const address = `${url.replace(/^http/, 'ws').replace(/\/+$/, '')}/core/websocket`
  const socket = new WebSocket(address, { handshakeTimeout: TIMEOUT_MS, maxPayload: 4 * 1024 * 1024 })
  const deadline = setTimeout(() => socket.terminate(), TIMEOUT_MS)
  try {
    return await new Promise((resolve, reject) => {
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('closed before an answer')))
      socket.on('message', (data) => {
        const message = parse(String(data))
        if (message.type === 'auth_required') {
          socket.send(JSON.stringify({ type: 'auth', access_token: token }))
        } else if (message.type === 'auth_ok') {
          socket.send(JSON.stringify({ id: 1, type: 'config/auth/list' }))
        } else if (message.type === 'result' && message.success === true) {
          resolve(administratorsOf(message.result))
        } else {
          reject(new Error(`refused: ${String(message.type)}`))
        }
      })
    })
  } finally {
    clearTimeout(deadline)
    socket.on('error', () => undefined)
    socket.terminate()
  }
}

interface CoreMessage {
  readonly type?: unknown
  readonly success?: unknown
  readonly result?: unknown
}

function parse(line: string): CoreMessage {
  try {
    return (JSON.parse(line) ?? {}) as CoreMessage
  } catch {
    return {}
  }
}

function administratorsOf(users: unknown): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const user of Array.isArray(users) ? (users as Record<string, unknown>[]) : []) {
    const groups = Array.isArray(user?.['group_ids']) ? user['group_ids'] : []
    const isAdministrator = user?.['is_owner'] === true || groups.includes('system-admin')
    if (isAdministrator && user['is_active'] === true && typeof user['id'] === 'string') ids.add(user['id'])
  }
  return ids
}
