import type { Context } from 'koa'
import { badge } from './api/badge.ts'
import { health, healthz, ping } from './api/health.ts'
import { incidents } from './api/incidents.ts'
import { jobs } from './api/jobs.ts'
import { lastBackup, lastBackups } from './api/last-backup.ts'
import { live } from './api/live.ts'
import { metrics } from './api/metrics.ts'
import { openapi } from './api/openapi.ts'
import { ownSummary } from './api/own-summary.ts'
import { jobRuns, run } from './api/runs.ts'
import { servers } from './api/servers.ts'
import { summary } from './api/summary.ts'
import { upload, uploadByGet } from './api/upload.ts'
import { CARE_ROUTES } from './care-routes.ts'
import { CHANNEL_ROUTES } from './channel-routes.ts'
import type { Who } from './gate.ts'
import type { House } from './house.ts'
import { events } from './live.ts'
import { aboutPage } from './pages/about.ts'
import { deedOptions, deedPage, doDeed } from './pages/deed.ts'
import { helpPage } from './pages/help.ts'
import { jobPage } from './pages/job.ts'
import { jobCard } from './pages/job-card.ts'
import { jobVersionsPage } from './pages/job-versions.ts'
import { legacyRun, legacyServer } from './pages/legacy.ts'
import { overviewPage } from './pages/overview.ts'
import { accountPage, changePassword, endOwnSession, passwordPage, signOut } from './pages/people/account.ts'
import { appLogPage } from './pages/people/app-log.ts'
import { auditPage } from './pages/people/audit.ts'
import { addToken, removeToken, tokensPage } from './pages/people/tokens.ts'
import { addUser, changeUser, usersPage } from './pages/people/users.ts'
import { savePreferences } from './pages/preferences.ts'
import { runPage } from './pages/run.ts'
import { runLogText, runRaw } from './pages/run-log.ts'
import { allRunsCsv, jobRunsCsv, serverRunsCsv } from './pages/runs-csv.ts'
import { saveView } from './pages/saved-views.ts'
import { serverPage } from './pages/server.ts'
import { signInPage, signInPost } from './pages/sign-in.ts'
import { startPage } from './pages/start.ts'
import { trendsPage } from './pages/trends.ts'
import { SERVER_ROUTES } from './server-routes.ts'
import { saveSettings, settingsPage } from './settings/form-page.ts'
import { settingsIndex } from './settings/sections.ts'
import { WATCHING_ROUTES } from './watching-routes.ts'

/**
 * One row a route: who may use it, and what kind of answer it gives. `tests/` walks this table as everybody, so
 * a new route needs its row there too.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS'
  readonly path: string
  readonly who: Who
  readonly as: 'page' | 'fragment' | 'action' | 'json' | 'file' | 'stream'
  /** Whether a page of another site may use it: only where nothing but a secret in the address counts. */
  readonly anySite?: true
  readonly handle: (ctx: Context, house: House) => void | Promise<void>
}

/** The only route table. Order matters where a fixed word stands in the place of a parameter. */
export const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/upload', who: 'reporter', as: 'json', handle: upload },
  { method: 'PUT', path: '/api/upload', who: 'reporter', as: 'json', handle: upload },
  { method: 'GET', path: '/api/upload', who: 'reporter', as: 'json', handle: uploadByGet },
  { method: 'POST', path: '/api/upload/:token', who: 'reporter', as: 'json', handle: upload },
  { method: 'PUT', path: '/api/upload/:token', who: 'reporter', as: 'json', handle: upload },
  { method: 'GET', path: '/api/upload/:token', who: 'reporter', as: 'json', handle: uploadByGet },
  { method: 'POST', path: '/api/live', who: 'reporter', as: 'json', handle: live },
  { method: 'POST', path: '/api/live/:token', who: 'reporter', as: 'json', handle: live },
  { method: 'GET', path: '/api/summary', who: 'reader', as: 'json', handle: summary },
  { method: 'GET', path: '/api/lastbackup/:idOrName', who: 'reader', as: 'json', handle: lastBackup },
  { method: 'GET', path: '/api/lastbackups/:idOrName', who: 'reader', as: 'json', handle: lastBackups },
  { method: 'GET', path: '/api/health', who: 'anyone', as: 'json', handle: health },
  { method: 'GET', path: '/api/ping', who: 'anyone', as: 'json', handle: ping },
  { method: 'GET', path: '/healthz', who: 'anyone', as: 'json', handle: healthz },
  { method: 'GET', path: '/api/v1/summary', who: 'reader', as: 'json', handle: ownSummary },
  { method: 'GET', path: '/api/v1/servers', who: 'reader', as: 'json', handle: servers },
  { method: 'GET', path: '/api/v1/jobs', who: 'reader', as: 'json', handle: jobs },
  { method: 'GET', path: '/api/v1/jobs/:id/runs', who: 'reader', as: 'json', handle: jobRuns },
  { method: 'GET', path: '/api/v1/runs/:id', who: 'reader', as: 'json', handle: run },
  { method: 'GET', path: '/api/v1/incidents', who: 'reader', as: 'json', handle: incidents },
  { method: 'GET', path: '/api/v1/badge.svg', who: 'reader', as: 'file', handle: badge },
  { method: 'GET', path: '/api/v1/openapi.json', who: 'anyone', as: 'json', handle: openapi },
  { method: 'GET', path: '/metrics', who: 'reader', as: 'file', handle: metrics },
  { method: 'GET', path: '/n/:token', who: 'anyone', as: 'page', handle: deedPage },
  { method: 'POST', path: '/n/:token', who: 'anyone', as: 'action', handle: doDeed, anySite: true },
  { method: 'OPTIONS', path: '/n/:token', who: 'anyone', as: 'action', handle: deedOptions },
  { method: 'GET', path: '/sign-in', who: 'anyone', as: 'page', handle: signInPage },
  { method: 'POST', path: '/sign-in', who: 'anyone', as: 'action', handle: signInPost },
  { method: 'GET', path: '/', who: 'viewer', as: 'page', handle: overviewPage },
  { method: 'GET', path: '/servers/:id', who: 'viewer', as: 'page', handle: serverPage },
  { method: 'GET', path: '/jobs/:id', who: 'viewer', as: 'page', handle: jobPage },
  { method: 'GET', path: '/jobs/:id/card', who: 'viewer', as: 'fragment', handle: jobCard },
  { method: 'GET', path: '/jobs/:id/versions', who: 'viewer', as: 'page', handle: jobVersionsPage },
  { method: 'GET', path: '/servers/:id/runs.csv', who: 'viewer', as: 'file', handle: serverRunsCsv },
  { method: 'GET', path: '/jobs/:id/runs.csv', who: 'viewer', as: 'file', handle: jobRunsCsv },
  { method: 'GET', path: '/runs.csv', who: 'viewer', as: 'file', handle: allRunsCsv },
  { method: 'GET', path: '/trends', who: 'viewer', as: 'page', handle: trendsPage },
  { method: 'GET', path: '/runs/:id', who: 'viewer', as: 'page', handle: runPage },
  { method: 'GET', path: '/runs/:id/log.txt', who: 'viewer', as: 'file', handle: runLogText },
  { method: 'GET', path: '/runs/:id/raw.json', who: 'viewer', as: 'file', handle: runRaw },
  { method: 'GET', path: '/start', who: 'viewer', as: 'page', handle: startPage },
  { method: 'GET', path: '/help', who: 'viewer', as: 'page', handle: helpPage },
  { method: 'GET', path: '/about', who: 'viewer', as: 'page', handle: aboutPage },
  { method: 'GET', path: '/detail/:server', who: 'viewer', as: 'page', handle: legacyServer },
  { method: 'GET', path: '/detail/:server/backup/:run', who: 'viewer', as: 'page', handle: legacyRun },
  { method: 'POST', path: '/preferences', who: 'viewer', as: 'action', handle: savePreferences },
  { method: 'POST', path: '/views', who: 'viewer', as: 'action', handle: saveView },
  { method: 'POST', path: '/sign-out', who: 'viewer', as: 'action', handle: signOut },
  { method: 'GET', path: '/account', who: 'viewer', as: 'page', handle: accountPage },
  { method: 'GET', path: '/account/password', who: 'viewer', as: 'page', handle: passwordPage },
  { method: 'POST', path: '/account/password', who: 'viewer', as: 'action', handle: changePassword },
  { method: 'POST', path: '/account/sessions/:id/end', who: 'viewer', as: 'action', handle: endOwnSession },
  { method: 'GET', path: '/settings', who: 'viewer', as: 'page', handle: settingsIndex },
  { method: 'GET', path: '/settings/users', who: 'administrator', as: 'page', handle: usersPage },
  { method: 'POST', path: '/settings/users', who: 'administrator', as: 'action', handle: addUser },
  { method: 'POST', path: '/settings/users/:id', who: 'administrator', as: 'action', handle: changeUser },
  { method: 'GET', path: '/settings/tokens', who: 'administrator', as: 'page', handle: tokensPage },
  { method: 'POST', path: '/settings/tokens', who: 'administrator', as: 'action', handle: addToken },
  {
    method: 'POST',
    path: '/settings/tokens/:id/remove',
    who: 'administrator',
    as: 'action',
    handle: removeToken,
  },
  { method: 'GET', path: '/settings/audit', who: 'administrator', as: 'page', handle: auditPage },
  { method: 'GET', path: '/settings/log', who: 'administrator', as: 'page', handle: appLogPage },
  ...CHANNEL_ROUTES,
  ...WATCHING_ROUTES,
  ...CARE_ROUTES,
  ...SERVER_ROUTES,
  // After every page of its own: the shared form for sections that are just fields.
  { method: 'GET', path: '/settings/:section', who: 'viewer', as: 'page', handle: settingsPage },
  { method: 'POST', path: '/settings/:section', who: 'administrator', as: 'action', handle: saveSettings },
  { method: 'GET', path: '/events', who: 'viewer', as: 'stream', handle: events },
  {
    method: 'GET',
    path: '/assets/:hash/*name',
    who: 'anyone',
    as: 'file',
    handle: (ctx, house) => house.assets.serve(ctx, ctx['params'].hash, ctx['params'].name),
  },
]
