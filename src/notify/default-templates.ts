import type { Words } from '../domain/words.ts'
import type { PriorityName, Template, TemplateKind } from './template-variables.ts'
import { variablesOf } from './template-variables.ts'

/** The text that holds until somebody writes another one, in the language of these words. */
export function defaultTemplate(kind: TemplateKind, words: Words): Template {
  // The catalogue writes a variable as the value of a sentence; here each stands for itself.
  const themselves = Object.fromEntries(variablesOf(kind).map((name) => [name, `{${name}}`]))
  return {
    title: words.say(`templates.default.${kind}.title`, themselves),
    message: words.say(`templates.default.${kind}.message`, themselves),
    ...MARKS[kind],
  }
}

const MARKS: Readonly<Record<TemplateKind, { priority: PriorityName; tags: string }>> = {
  success: { priority: 'default', tags: 'duplicati, duplistatus, success' },
  warning: { priority: 'high', tags: 'duplicati, duplistatus, warning, error' },
  overdue: { priority: 'default', tags: 'duplicati, duplistatus, overdue' },
  recovery: { priority: 'default', tags: 'duplicati, duplistatus, recovery' },
  digest: { priority: 'low', tags: 'duplicati, duplistatus, digest' },
}
