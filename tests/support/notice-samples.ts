import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import type { Incident } from '../../src/domain/incident.ts'
import { NO_FIGURES } from '../../src/domain/no-figures.ts'
import type { Notice } from '../../src/domain/notice.ts'
import type { Figures, Run } from '../../src/domain/run.ts'
import { text } from '../../src/domain/text.ts'
import type { Reader, Words } from '../../src/domain/words.ts'
import { createLanguages } from '../../src/language/words.ts'
import type { Message } from '../../src/notify/channel.ts'
import { NOW } from './household-state.ts'

const VIEWS = fileURLToPath(new URL('../../views', import.meta.url))
const clock = { now: () => NOW, elapsedMs: () => 0 }
const languages = createLanguages(`${VIEWS}/locales`, { clock })

/** The product's own words, in UTC. A key that the catalogue lacks throws. */
export function wordsFor(reader: Partial<Reader> = {}): Words {
  return languages.words({
    language: 'en',
    locale: 'en-GB',
    zone: 'UTC',
    theme: 'auto',
    units: 'decimal',
    dateStyle: 'iso',
    hour12: null,
    ...reader,
  })
}

const eta = new Eta({ views: `${VIEWS}/mail`, autoEscape: true, cache: true })

/** Draws the product's own mail template. */
export function renderMail(template: string, model: object): string {
  return eta.render(`./${template}`, model)
}

export function aNotice(part: Partial<Notice> = {}): Notice {
  return {
    id: 'ntc_1',
    kind: 'opened',
    channel: 'ntfy',
    to: null,
    incidentIds: ['inc_1'],
    jobIds: ['job_documents'],
    runNo: null,
    createdAt: NOW.toISOString(),
    dueAt: NOW.toISOString(),
    attempts: 0,
    lastTriedAt: null,
    lastError: null,
    state: 'owed',
    finishedAt: null,
    ...part,
  }
}

export function anIncident(part: Partial<Incident> = {}): Incident {
  return {
    id: 'inc_1',
    serverId: 'srv_nas',
    jobId: 'job_documents',
    cause: 'failed',
    severity: 'error',
    openedAt: '2026-11-22T05:00:00.000Z',
    updatedAt: '2026-11-22T05:00:00.000Z',
    because: text('notify.because.error', { errors: 2 }),
    runNo: 7,
    count: 1,
    jobIds: [],
    acknowledged: null,
    snoozedUntil: null,
    toldAt: null,
    closedAt: null,
    closedBecause: null,
    ...part,
  }
}

export function aMessage(part: Partial<Message> = {}): Message {
  return {
    title: 'Failed: Dokumente für Oma on NAS',
    text: 'Two errors.\nSee the log.',
    mail: {
      language: 'en',
      title: 'Failed: Dokumente für Oma on NAS',
      tone: 'bad',
      label: 'Failed',
      lines: [[{ text: 'Two errors.', bold: false, italic: false, url: null }]],
      buttons: [{ label: 'Open', url: 'https://home.example/runs/run_7' }],
      footer: 'Sent by duplistatus.',
    },
    priority: 4,
    tags: ['duplicati', 'warning'],
    path: '/runs/run_7',
    click: 'https://home.example/runs/run_7',
    actions: [
      { verb: 'open', label: 'Open', url: 'https://home.example/runs/run_7' },
      { verb: 'acknowledge', label: 'Acknowledge', url: 'https://home.example/act/abc' },
      { verb: 'snooze', label: 'Snooze for a day', url: 'https://home.example/act/def' },
    ],
    thread: { key: 'inc_1', first: true },
    incidentIds: ['inc_1'],
    key: '0123456789abcdef01234567',
    ...part,
  }
}

/** A run with every figure. */
export function wholeRun(part: Partial<Run> = {}): Run {
  return {
    no: 7,
    rev: 1,
    serverId: 'srv_nas',
    jobId: 'job_documents',
    identity: { machineId: 'a1b2', machineName: 'NAS', backupId: '1', backupName: 'Documents', sender: null },
    origin: 'report',
    operation: 'Backup',
    result: 'success',
    parsedResult: 'Success',
    interrupted: false,
    partial: false,
    dryRun: false,
    exception: null,
    begin: '2026-11-22T02:00:00.000Z',
    end: '2026-11-22T02:38:31.000Z',
    durationS: 2311,
    received: '2026-11-22T02:38:33.000Z',
    doubts: [],
    figures: FIGURES,
    quota: null,
    phases: [],
    versionTimes: null,
    warnings: 0,
    errors: 0,
    messages: 12,
    firstWarnings: [],
    firstErrors: [],
    duplicatiVersion: '2.1.0.5',
    operatingSystem: null,
    destinationType: null,
    updateChannel: null,
    nextScheduled: null,
    lastVersionAt: null,
    ownFigures: {},
    bodyHash: 'f00d',
    ...part,
  }
}

const FIGURES: Figures = {
  ...NO_FIGURES,
  sourceBytes: 113_395_849_938,
  sourceFiles: 249_426,
  uploadedBytes: 331_318_892,
  storedBytes: 43_346_796_938,
  versions: 10,
}
