import { activityPage } from './pages/watching/activity.ts'
import { changeJob, changeServer } from './pages/watching/change-overrides.ts'
import {
  acknowledgeIncident,
  expectIncident,
  resendNotice,
  snoozeIncident,
  unacknowledgeIncident,
  wakeIncident,
} from './pages/watching/incident-acts.ts'
import { jobMonitoringPage } from './pages/watching/job-monitoring.ts'
import { maintenancePage, saveMaintenance } from './pages/watching/maintenance.ts'
import {
  checkNow,
  monitoringBulk,
  monitoringCsv,
  monitoringPage,
  resetTold,
  saveMonitoring,
} from './pages/watching/monitoring.ts'
import { muteWarning, unmuteWarning } from './pages/watching/muting.ts'
import { notificationsBulk, notificationsPage, saveNotifications } from './pages/watching/notifications.ts'
import {
  archiveJob,
  noteJob,
  pauseJob,
  pauseServer,
  resumeJob,
  resumeServer,
} from './pages/watching/pausing.ts'
import type { Route } from './routes.ts'

const page = (path: string, handle: Route['handle']): Route => ({
  method: 'GET',
  path,
  who: 'viewer',
  as: 'page',
  handle,
})

const act = (path: string, handle: Route['handle']): Route => ({
  method: 'POST',
  path,
  who: 'administrator',
  as: 'action',
  handle,
})

/** Part of the route table: what is expected, who is told, what happened, and what people do about it. */
export const WATCHING_ROUTES: readonly Route[] = [
  page('/activity', activityPage),
  page('/settings/monitoring', monitoringPage),
  { method: 'GET', path: '/settings/monitoring/jobs.csv', who: 'viewer', as: 'file', handle: monitoringCsv },
  act('/settings/monitoring', saveMonitoring),
  act('/settings/monitoring/bulk', monitoringBulk),
  act('/settings/monitoring/check', checkNow),
  act('/settings/monitoring/reset', resetTold),
  page('/settings/notifications', notificationsPage),
  act('/settings/notifications', saveNotifications),
  act('/settings/notifications/bulk', notificationsBulk),
  page('/settings/maintenance', maintenancePage),
  act('/settings/maintenance/:id', saveMaintenance),
  page('/jobs/:id/monitoring', jobMonitoringPage),
  act('/jobs/:id/monitoring', changeJob),
  act('/jobs/:id/note', noteJob),
  act('/jobs/:id/archive', archiveJob),
  act('/jobs/:id/pause', pauseJob),
  act('/jobs/:id/resume', resumeJob),
  act('/servers/:id/monitoring', changeServer),
  act('/servers/:id/pause', pauseServer),
  act('/servers/:id/resume', resumeServer),
  act('/incidents/:id/acknowledge', acknowledgeIncident),
  act('/incidents/:id/unacknowledge', unacknowledgeIncident),
  act('/incidents/:id/snooze', snoozeIncident),
  act('/incidents/:id/wake', wakeIncident),
  act('/incidents/:id/expected', expectIncident),
  act('/runs/:id/mute', muteWarning),
  act('/jobs/:id/unmute', unmuteWarning),
  act('/notices/:id/resend', resendNotice),
]
