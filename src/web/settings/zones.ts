let known: readonly string[] | null = null

/** Names of time zones to pick from; asked for once, it takes a while. */
export function zones(): readonly string[] {
  known ??= ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
  return known
}
