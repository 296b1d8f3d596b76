import {
  collectingPage,
  collectServer,
  collectServers,
  downloadCollected,
  saveCollecting,
  stopCollecting,
  takeRunsFile,
} from './pages/servers/collecting.ts'
import { runJob, stopJob } from './pages/servers/run-now.ts'
import {
  archiveServer,
  pinCertificate,
  saveServer,
  serverSettingsPage,
} from './pages/servers/server-settings.ts'
import { addServers, checkServers, serversPage } from './pages/servers/servers.ts'
import type { Route } from './routes.ts'

const PAGE = { method: 'GET', who: 'administrator', as: 'page' } as const
const ACT = { method: 'POST', who: 'administrator', as: 'action' } as const

/** Part of the route table: servers that we reach, collecting from them, starting their jobs. */
export const SERVER_ROUTES: readonly Route[] = [
  { ...PAGE, path: '/settings/servers', handle: serversPage },
  { ...ACT, path: '/settings/servers', handle: addServers },
  { ...ACT, path: '/settings/servers/check', handle: checkServers },
  { ...PAGE, path: '/settings/servers/:id', handle: serverSettingsPage },
  { ...ACT, path: '/settings/servers/:id', handle: saveServer },
  { ...ACT, path: '/settings/servers/:id/pin', handle: pinCertificate },
  { ...ACT, path: '/settings/servers/:id/archive', handle: archiveServer },
  { ...PAGE, path: '/settings/collecting', handle: collectingPage },
  { ...ACT, path: '/settings/collecting', handle: saveCollecting },
  { ...ACT, path: '/settings/collecting/file', handle: takeRunsFile },
  { ...ACT, path: '/servers/:id/collect', handle: collectServer },
  { ...ACT, path: '/servers/:id/collected.json', as: 'file', handle: downloadCollected },
  { ...ACT, path: '/collect', handle: collectServers },
  { ...ACT, path: '/collect/stop', handle: stopCollecting },
  { ...ACT, path: '/jobs/:id/run', handle: runJob },
  { ...ACT, path: '/jobs/:id/stop', handle: stopJob },
]
