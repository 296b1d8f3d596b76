import { type Text, text } from '../domain/text.ts'
import type { Priority } from './channel.ts'
import { oneLine } from './plain-text.ts'
import {
  PRIORITIES,
  type PriorityName,
  type Template,
  type TemplateKind,
  variablesOf,
} from './template-variables.ts'

/** `{{name}}` or `{name}`; other braces are themselves. */
export const VARIABLE = /\{\{([0-9A-Za-z_]+)\}\}|\{([0-9A-Za-z_]+)\}/g

/** Values by variable; one that is missing or not known prints nothing, as in the reference product. */
export type Values = ReadonlyMap<string, string>

/** The template with its values: `{name}` is the value, `{{name}}` prints `{name}`. */
export function fill(source: string, values: Values): string {
  return source.replace(VARIABLE, (_, doubled: string | undefined, name: string | undefined) =>
    doubled === undefined ? (values.get(name ?? '') ?? '') : `{${doubled}}`,
  )
}

/** Names in braces that a template of this kind does not know, each once, in order. */
export function unknownVariables(template: Template, kind: TemplateKind): string[] {
  const known = new Set(variablesOf(kind))
  const used = [template.title, template.message, template.tags].flatMap((source) =>
    [...source.matchAll(VARIABLE)].flatMap((match) => match[2] ?? []),
  )
  return [...new Set(used)].filter((name) => !known.has(name))
}

/** The variable that was probably meant by an unknown name, null where none is near. */
export function nearestVariable(name: string, kind: TemplateKind): string | null {
  const wanted = name.toLowerCase().replaceAll('_', '').slice(0, 40)
  const [nearest] = variablesOf(kind)
    .map((known) => ({ known, steps: distance(wanted, known.replaceAll('_', '')) }))
    .sort((a, b) => a.steps - b.steps)
  return nearest !== undefined && nearest.steps <= 3 ? nearest.known : null
}

export interface TemplateFault {
  readonly field: 'title' | 'message' | 'priority' | 'tags'
  readonly text: Text
}

/** What is wrong with a template, for the fields of its form; empty when it can be saved. */
export function checkTemplate(template: Template, kind: TemplateKind): TemplateFault[] {
  const faults: TemplateFault[] = []
  const say = (field: TemplateFault['field'], said: Text) => faults.push({ field, text: said })
  if (template.title.trim() === '') say('title', text('templates.fault.empty'))
  if (template.message.trim() === '') say('message', text('templates.fault.empty'))
  if (template.title.length > 250) say('title', text('templates.fault.too-long', { limit: 250 }))
  if (template.message.length > 10_000) say('message', text('templates.fault.too-long', { limit: 10_000 }))
  if (template.tags.length > 250) say('tags', text('templates.fault.too-long', { limit: 250 }))
  if (!PRIORITIES.includes(template.priority)) say('priority', text('templates.fault.priority'))
  for (const field of ['title', 'message', 'tags'] as const) {
    for (const name of unknownVariables({ ...EMPTY, [field]: template[field] }, kind)) {
      const nearest = nearestVariable(name, kind)
      const key = nearest === null ? 'templates.fault.unknown' : 'templates.fault.unknown-near'
      say(field, text(key, { name: `{${name}}`, ...(nearest === null ? {} : { nearest: `{${nearest}}` }) }))
    }
  }
  return faults
}

/** Tags of a finished template: between commas, without spaces inside, at most ten. */
export function tagsOf(template: Template, values: Values): string[] {
  return fill(template.tags, values)
    .split(',')
    .map((tag) => oneLine(tag, 60).replaceAll(' ', '-'))
    .filter((tag) => tag !== '')
    .slice(0, 10)
}

export function priorityOf(name: PriorityName): Priority {
  return (PRIORITIES.indexOf(name) + 1) as Priority
}

const EMPTY: Template = { title: '', message: '', priority: 'default', tags: '' }

/** Edits from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const swap = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
