import type { Field } from './field.ts'

/** Who may read without a token, sessions, passwords. */
export const ACCESS: readonly Field[] = [
  { key: 'access.reading', kind: 'choice', default: 'local', choices: ['local', 'open', 'token'] },
  {
    key: 'sessions.idle_minutes',
    kind: 'number',
    default: 10_080,
    range: [5, 525_600],
    unit: 'unit.minutes',
  },
  {
    key: 'sessions.absolute_minutes',
    kind: 'number',
    default: 43_200,
    range: [10, 525_600],
    unit: 'unit.minutes',
  },
  { key: 'users.password_min_length', kind: 'number', default: 8, range: [1, 128], unit: 'unit.characters' },
  { key: 'users.password_enforce', kind: 'flag', default: true },
  { key: 'retention.audit_days', kind: 'number', default: 365, range: [0, 36_500], unit: 'unit.days' },
  { key: 'access.uploads_per_minute', kind: 'number', default: 600, range: [10, 100_000] },
  { key: 'access.new_servers_per_hour', kind: 'number', default: 500, range: [1, 100_000] },
]
