/** A JSON schema as our OpenAPI document writes them; a keyword that is not listed here is a fault of the document. */
type Schema = Readonly<Record<string, unknown>>

const KEYWORDS = new Set([
  'type',
  'description',
  'enum',
  'const',
  'required',
  'properties',
  'additionalProperties',
  'items',
  'oneOf',
  '$ref',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'default',
])

/** What in `value` does not fit, each with its place; nothing where all of it does. */
export function misfits(value: unknown, schema: unknown, root: unknown, place = '$'): string[] {
  const rules = asObject(schema, place)
  const unknown = Object.keys(rules).filter((keyword) => !KEYWORDS.has(keyword))
  if (unknown.length > 0) throw new Error(`${place}: the checker does not know ${unknown.join(', ')}`)
  if (typeof rules['$ref'] === 'string') return misfits(value, resolve(rules['$ref'], root), root, place)
  if (Array.isArray(rules['oneOf'])) return ofOne(value, rules['oneOf'], root, place)
  return [
    ...ofType(value, rules, place),
    ...ofText(value, rules, place),
    ...ofNumber(value, rules, place),
    ...ofList(value, rules, root, place),
    ...ofObject(value, rules, root, place),
  ]
}

function ofOne(value: unknown, choices: readonly unknown[], root: unknown, place: string): string[] {
  const tried = choices.map((choice) => misfits(value, choice, root, place))
  const fitting = tried.filter((faults) => faults.length === 0)
  return fitting.length === 1
    ? []
    : [`${place}: fits ${fitting.length} of its choices; ${tried.flat().join('; ')}`]
}

function ofType(value: unknown, rules: Schema, place: string): string[] {
  const faults: string[] = []
  const types = rules['type'] === undefined ? [] : [rules['type']].flat()
  if (types.length > 0 && !types.some((type) => isOfType(value, String(type)))) {
    faults.push(`${place}: ${JSON.stringify(value)?.slice(0, 60)} is not ${types.join(' or ')}`)
  }
  if ('const' in rules && value !== rules['const']) faults.push(`${place}: is not ${String(rules['const'])}`)
  if (Array.isArray(rules['enum']) && !rules['enum'].includes(value)) {
    faults.push(`${place}: ${JSON.stringify(value)} is none of ${rules['enum'].join(', ')}`)
  }
  return faults
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

function ofText(value: unknown, rules: Schema, place: string): string[] {
  if (typeof value !== 'string') return []
  const faults: string[] = []
  if (typeof rules['pattern'] === 'string' && !new RegExp(rules['pattern'], 'u').test(value)) {
    faults.push(`${place}: ${value.slice(0, 60)} does not match ${rules['pattern']}`)
  }
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value)
  if (rules['format'] === 'date-time' && !isMoment)
    faults.push(`${place}: ${value.slice(0, 60)} is no moment`)
  return faults
}

function ofNumber(value: unknown, rules: Schema, place: string): string[] {
  if (typeof value !== 'number') return []
  const isBelow = typeof rules['minimum'] === 'number' && value < rules['minimum']
  const isAbove = typeof rules['maximum'] === 'number' && value > rules['maximum']
  return isBelow || isAbove ? [`${place}: ${value} is out of range`] : []
}

function ofList(value: unknown, rules: Schema, root: unknown, place: string): string[] {
  if (!Array.isArray(value) || rules['items'] === undefined) return []
  return value.flatMap((item, position) => misfits(item, rules['items'], root, `${place}[${position}]`))
}

function ofObject(value: unknown, rules: Schema, root: unknown, place: string): string[] {
  if (!isOfType(value, 'object')) return []
  const found = value as Schema
  const required = Array.isArray(rules['required']) ? rules['required'].map(String) : []
  const missing = required.filter((name) => !Object.hasOwn(found, name))
  const properties = rules['properties'] === undefined ? {} : asObject(rules['properties'], place)
  const others = rules['additionalProperties'] ?? true
  return [
    ...missing.map((name) => `${place}: lacks ${name}`),
    ...Object.entries(found).flatMap(([name, member]) => {
      if (Object.hasOwn(properties, name)) return misfits(member, properties[name], root, `${place}.${name}`)
      if (others === false) return [`${place}: ${name} is not described`]
      return others === true ? [] : misfits(member, others, root, `${place}.${name}`)
    }),
  ]
}

/** `#/components/schemas/Job` inside the document. */
function resolve(reference: string, root: unknown): unknown {
  return reference
    .slice(2)
    .split('/')
    .reduce((found, name) => asObject(found, reference)[name], root)
}

function asObject(value: unknown, place: string): Schema {
  if (typeof value !== 'object' || value === null) throw new Error(`${place}: no schema`)
  return value as Schema
}
