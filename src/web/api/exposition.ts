/** One metric with its samples; a sample whose value is null is left out. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  readonly samples: readonly (readonly [labels: Labels, value: number | null])[]
}

/** Labels as they stand between the braces, from `labelText`; '' for none. */
export type Labels = string

/** The text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export function exposition(families: readonly Family[]): string {
  return families.map(familyText).join('')
}

function familyText({ name, help, type, samples }: Family): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
  for (const [labels, value] of samples) {
    if (value !== null && !Number.isNaN(value))
      lines.push(`${name}${labels === '' ? '' : `{${labels}}`} ${value}`)
  }
  return `${lines.join('\n')}\n`
}

/** Written once for all samples of a job: there are dozens of them. */
export function labelText(labels: Readonly<Record<string, string>>): Labels {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')
}

/** Names come from reports: backslash, quote and line feed have a meaning in the format. */
function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}
