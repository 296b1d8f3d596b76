import type { Context } from 'koa'
import type { Incident } from '../../domain/incident.ts'
import { runId } from '../../domain/run.ts'
import type { Words } from '../../domain/words.ts'
import type { House } from '../house.ts'
import { visitOf } from '../visit.ts'
import { noStore } from './no-store.ts'

/** `GET /api/v1/incidents`: what is wrong now, newest first. What is unknown is null. */
export async function incidents(ctx: Context, house: House): Promise<void> {
  await house.store.settled()
  const { words } = visitOf(ctx)
  const open = Object.values(house.store.state().incidents).filter((incident) => incident.closedAt === null)
  noStore(ctx)
  ctx.body = {
    incidents: open
      .sort((one, other) => Date.parse(other.openedAt) - Date.parse(one.openedAt))
      .map((incident) => incidentJson(incident, words)),
  }
}

function incidentJson(incident: Incident, words: Words) {
  return {
    id: incident.id,
    server_id: incident.serverId,
    job_id: incident.jobId,
    job_ids: incident.jobIds,
    cause: incident.cause,
    severity: incident.severity,
    opened_at: incident.openedAt,
    updated_at: incident.updatedAt,
    because: words.say(incident.because),
    run_id: incident.runNo === null ? null : runId(incident.runNo),
    count: incident.count,
    acknowledged_at: incident.acknowledged?.at ?? null,
    acknowledged_by: incident.acknowledged?.by ?? null,
    snoozed_until: incident.snoozedUntil,
  }
}
