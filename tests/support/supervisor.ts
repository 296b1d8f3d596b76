import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** How the stand-in answers; a test changes it while it runs. */
export interface SupervisorMood {
  token: string
  /** null: "Service not enabled". */
  broker: Record<string, unknown> | null
  /** Status for everything of Core, as while it restarts; null for none. */
  coreStatus: number | null
  /** Whether `services: mqtt` is in the manifest. */
  mqttDeclared: boolean
  slug: string
  /** Ports outside by the one inside, `9666/tcp`; null where the owner closed it. */
  network: Record<string, number | null>
  /** What the machine is called. */
  hostname: string
  users: Record<string, unknown>[]
  /** Whether the websocket answers, refuses, or says nothing. */
  socket: 'well' | 'refuses' | 'silent' | 'garbage'
  /** Services of the domain `notify`, and entities. */
  notifyServices: string[]
  notifyEntities: string[]
}

export interface SupervisorStandIn {
  readonly url: string
  readonly mood: SupervisorMood
  /** Services that were called, oldest first. */
  readonly calls: { readonly service: string; readonly data: Record<string, unknown> }[]
  /** Number of times the list of users was asked for. */
  readonly lookups: () => number
  close(): Promise<void>
}

/**
 * Home Assistant's Supervisor as an add-on with `homeassistant_api` and `services: mqtt:want` meets it, strict in
 * token, paths and bodies (reference: section 3).
 */
export async function startSupervisor(part: Partial<SupervisorMood> = {}): Promise<SupervisorStandIn> {
  const mood: SupervisorMood = {
    token: 'supervisor-token',
    broker: null,
    coreStatus: null,
    mqttDeclared: true,
    slug: 'abcdef12_duplistatus',
    network: { '9666/tcp': 9666 },
    hostname: 'homeassistant',
    users: [],
    socket: 'well',
    notifyServices: [],
    notifyEntities: [],
    ...part,
  }
  const calls: { service: string; data: Record<string, unknown> }[] = []
  let lookups = 0
  const server = createServer((request, response) => {
    void answer(request, response)
  })

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? ''
    const bearer = request.headers.authorization === `Bearer ${mood.token}`
    if (!bearer && request.headers['x-supervisor-token'] !== mood.token)
      return end(response, 401, '401: Unauthorized')
    if (path === '/services/mqtt') {
      if (!mood.mqttDeclared) return error(response, 403, 'No access to mqtt service!')
      return mood.broker === null ? error(response, 400, 'Service not enabled') : ok(response, mood.broker)
    }
    if (path === '/addons/self/info')
      return ok(response, {
        slug: mood.slug,
        hostname: 'abcdef12-duplistatus',
        network: mood.network,
      })
    if (path === '/info') return ok(response, { hostname: mood.hostname, machine: 'generic-x86-64' })
    if (!path.startsWith('/core/api/')) return error(response, 403, 'Forbidden')
    if (mood.coreStatus !== null) return end(response, mood.coreStatus, `${mood.coreStatus}: Bad Gateway`)
    return core(request, response, path.slice('/core/api/'.length))
  }

  const core = async (request: IncomingMessage, response: ServerResponse, path: string) => {
    if (request.method === 'GET' && path === 'services') {
      const services = Object.fromEntries(mood.notifyServices.map((name) => [name, { fields: {} }]))
      return json(response, 200, [
        { domain: 'light', services: {} },
        { domain: 'notify', services },
      ])
    }
    if (request.method === 'GET' && path === 'states') {
      return json(response, 200, [
        { entity_id: 'sun.sun', state: 'above_horizon' },
        ...mood.notifyEntities.map((id) => ({ entity_id: id, state: 'unknown' })),
      ])
    }
    const entity = /^states\/(.+)$/.exec(path)?.[1]
    if (request.method === 'GET' && entity !== undefined) {
      const known = mood.notifyEntities.includes(entity)
      return known
        ? json(response, 200, { entity_id: entity, state: 'unknown' })
        : json(response, 404, { message: 'Entity not found.' })
    }
    const service = /^services\/([a-z_]+\/[a-z0-9_]+)$/.exec(path)?.[1]
    if (request.method !== 'POST' || service === undefined) return end(response, 404, '404: Not Found')
    const data = await bodyOf(request)
    if (data === null) return json(response, 400, { message: 'Data should be valid JSON.' })
    const known =
      service.startsWith('persistent_notification/') ||
      service === 'notify/send_message' ||
      mood.notifyServices.some((name) => service === `notify/${name}`)
    if (!known) return end(response, 400, '400: Bad Request')
    calls.push({ service, data })
    return json(response, 200, [])
  }

  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/core/websocket' || mood.coreStatus !== null) return socket.destroy()
    sockets.handleUpgrade(request, socket, head, (client) => {
      if (mood.socket === 'silent') return
      if (mood.socket === 'garbage') return client.send('{"type":')
      client.send(JSON.stringify({ type: 'auth_required', ha_version: '2026.9.4' }))
      let signedIn = false
      client.on('message', (data) => {
        const message = JSON.parse(String(data)) as { id?: number; type: string; access_token?: string }
        if (!signedIn) {
          signedIn = message.type === 'auth' && message.access_token === mood.token && mood.socket === 'well'
          client.send(JSON.stringify({ type: signedIn ? 'auth_ok' : 'auth_invalid' }))
          if (!signedIn) client.close()
        } else if (message.type === 'config/auth/list') {
          lookups += 1
          client.send(JSON.stringify({ id: message.id, type: 'result', success: true, result: mood.users }))
        } else {
          const error = { code: 'unknown_command', message: 'Unknown command.' }
          client.send(JSON.stringify({ id: message.id, type: 'result', success: false, error }))
        }
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood,
    calls,
    lookups: () => lookups,
    async close() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A user as `config/auth/list` gives it. */
export function homeAssistantUser(id: string, part: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    username: 'anna',
    name: 'Anna',
    is_owner: false,
    is_active: true,
    local_only: false,
    system_generated: false,
    group_ids: ['system-users'],
    ...part,
  }
}

function ok(response: ServerResponse, data: unknown): void {
  json(response, 200, { result: 'ok', data })
}

function error(response: ServerResponse, status: number, message: string): void {
  json(response, status, { result: 'error', message })
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(body)
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown> | null> {
  let text = ''
  for await (const part of request) text += String(part)
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
}
