import type { Context } from 'koa'
import type { House } from '../house.ts'
import { reportAddress } from '../report-address.ts'
import { sendPage } from '../send-page.ts'
import { visitOf } from '../visit.ts'

/** `GET /start`: how a Duplicati is pointed here, with the address as this browser sees it. */
export async function startPage(ctx: Context, house: House): Promise<void> {
  const visit = visitOf(ctx)
  const state = house.store.state()
  const newest = house.store.history.latest(1)[0]
  const { address, isClosed, isGuessed } = await reportAddress(house, visit)
  const options = [
    { name: 'send-http-json-urls', value: address },
    { name: 'send-http-log-level', value: 'Information' },
    { name: 'send-http-max-log-lines', value: '0' },
    { name: 'send-http-any-operation', value: 'true' },
  ]
  sendPage(
    ctx,
    house,
    'pages/start',
    { title: visit.words.say('page.start.title'), isLive: true, isNarrow: true, help: 'start' },
    {
      options,
      allOptions: options.map(({ name, value }) => `--${name}=${value}`).join('\n'),
      oldOptions: [
        `--send-http-url=${address}`,
        '--send-http-result-output-format=Json',
        '--send-http-log-level=Information',
        '--send-http-max-log-lines=0',
        '--send-http-any-operation=true',
      ].join('\n'),
      isClosed,
      isGuessed,
      sample: sampleCommand(address, visit.now),
      found: visit.isAdministrator ? await house.care.import.found() : null,
      heard:
        newest === undefined
          ? null
          : {
              server: state.servers[newest.serverId]?.name ?? '',
              job: state.jobs[newest.jobId]?.name ?? '',
              at: new Date(newest.receivedMs).toISOString(),
              href: visit.link(`/jobs/${newest.jobId}`),
            },
    },
  )
}

/** A small report of a made-up run, for a terminal. */
function sampleCommand(address: string, now: Date): string {
  const report = {
    Data: {
      MainOperation: 'Backup',
      ParsedResult: 'Success',
      BeginTime: new Date(now.getTime() - 60_000).toISOString(),
      EndTime: now.toISOString(),
      ExaminedFiles: 3,
      SizeOfExaminedFiles: 1_234_567,
    },
    Extra: { 'machine-id': 'sample', 'machine-name': 'sample', 'backup-id': 'DB-1', 'backup-name': 'Sample' },
  }
  return `curl -X POST -H 'Content-Type: application/json' -d '${JSON.stringify(report)}' ${address}`
}
