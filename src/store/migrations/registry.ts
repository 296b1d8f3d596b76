/** Version of the data that this program writes. */
export const SCHEMA_VERSION = 1

/**
 * One step of the data to the next version, as pure functions on what an older program wrote. Steps are never
 * changed after a release: databases of every released version are opened in the tests for ever.
 */
export interface Migration {
  readonly to: number
  /** What it does, for the log. */
  readonly what: string
  state(state: Readonly<Record<string, unknown>>): Record<string, unknown>
  /** The part `run` of a line; absent where lines stay as they are. */
  run?(run: Readonly<Record<string, unknown>>): Record<string, unknown>
}

export const MIGRATIONS: readonly Migration[] = []
