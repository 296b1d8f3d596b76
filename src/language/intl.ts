/**
 * Intl objects cost some 30 kB and 0.1 ms each, so equal ones are shared. What a stranger's browser asks for
 * (any locale, any zone) must not grow without end: the oldest go first.
 */
const KEPT = 200
const kept = new Map<string, unknown>()

export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return shared('date', locale, options, () => new Intl.DateTimeFormat(locale, options))
}

export function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return shared('number', locale, options, () => new Intl.NumberFormat(locale, options))
}

export function relativeFormat(locale: string): Intl.RelativeTimeFormat {
  return shared('relative', locale, {}, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }))
}

export function listFormat(locale: string): Intl.ListFormat {
  return shared('list', locale, {}, () => new Intl.ListFormat(locale, { type: 'conjunction' }))
}

/** The locale if Intl knows how to read it, else English. */
export function usableLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en'
  } catch {
    return 'en'
  }
}

/** The zone if there is one of that name, else UTC. */
export function usableZone(zone: string): string {
  try {
    return dateFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}

function shared<Made>(kind: string, locale: string, options: object, make: () => Made): Made {
  const id = `${kind} ${locale} ${JSON.stringify(options)}`
  const known = kept.get(id) as Made | undefined
  if (known !== undefined) return known
  const made = make()
  kept.set(id, made)
  const oldest = kept.keys().next().value
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
  return made
}
