/** Which texts people may write themselves, and which variables each of them knows. */
export const TEMPLATE_KINDS = ['success', 'warning', 'overdue', 'recovery', 'digest'] as const
export type TemplateKind = (typeof TEMPLATE_KINDS)[number]

export interface Template {
  readonly title: string
  readonly message: string
  readonly priority: PriorityName
  /** Between commas. */
  readonly tags: string
}

export type PriorityName = 'min' | 'low' | 'default' | 'high' | 'max'
export const PRIORITIES: readonly PriorityName[] = ['min', 'low', 'default', 'high', 'max']

/** Names as in the reference product; `backup_interval_value` and `..._type` are of its earlier versions. */
const SERVER = ['server_id', 'server_name', 'server_alias', 'server_note', 'server_url'] as const
const JOB = [...SERVER, 'backup_name', 'backup_interval_value', 'backup_interval_type'] as const
const RUN = [
  'backup_date',
  'status',
  'duration',
  'file_count',
  'messages_count',
  'warnings_count',
  'errors_count',
  'available_versions',
  'file_size',
  'uploaded_size',
  'storage_size',
  'log_text',
] as const
const LATENESS = [
  'last_backup_date',
  'last_elapsed',
  'expected_date',
  'expected_elapsed',
  'backup_interval',
  'overdue_tolerance',
] as const
/** What only we know. */
const OURS = [
  'event',
  'because',
  'since',
  'since_elapsed',
  'count',
  'what_to_do',
  'operation',
  'reason',
  'last_good_date',
  'last_good_elapsed',
  'next_date',
  'link',
  'acknowledge_link',
  'snooze_link',
] as const
const DIGEST = [
  'period',
  'sentence',
  'jobs_count',
  'ok_count',
  'problems_count',
  'paused_count',
  'new_count',
  'solved_count',
  'runs_count',
  'good_runs_count',
  'warning_runs_count',
  'failed_runs_count',
  'uploaded_size',
  'attention_list',
  'solved_list',
  'link',
] as const

const BY_KIND: Readonly<Record<TemplateKind, readonly string[]>> = {
  success: [...JOB, ...RUN, ...OURS],
  warning: [...JOB, ...RUN, ...OURS],
  overdue: [...JOB, ...LATENESS, ...OURS],
  recovery: [...JOB, ...RUN, ...LATENESS, ...OURS, 'length'],
  digest: DIGEST,
}

/** Variables that a template of this kind knows, those of the reference first; each has a meaning in the catalogue. */
export function variablesOf(kind: TemplateKind): readonly string[] {
  return BY_KIND[kind]
}

/** Whose values are addresses: made into links in mail when they are http or https. */
export const LINK_VARIABLES: ReadonlySet<string> = new Set([
  'server_url',
  'link',
  'acknowledge_link',
  'snooze_link',
])

/** Whose values may have several lines. */
export const LONG_VARIABLES: ReadonlySet<string> = new Set(['log_text', 'attention_list', 'solved_list'])
