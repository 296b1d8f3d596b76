import nunjucks from 'nunjucks'

/** The published types know nothing of tests. */
type Environment = nunjucks.Environment & { addTest(name: string, test: (value: unknown) => boolean): void }

const environment = new nunjucks.Environment(null, { autoescape: false }) as Environment
environment.addGlobal('None', null)
environment.addTest('none', (value) => value === null)
environment.addFilter('tojson', (value: unknown) => JSON.stringify(value))
environment.addFilter('shown', (value: unknown) => {
  if (value === undefined) throw new Error('a key of the state is missing')
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
})

/**
 * Renders a value template of one expression as Home Assistant does: null is written `None`, and a missing key
 * (there only a warning in the log) throws.
 */
export function renderTemplate(template: string, state: unknown): string {
  const expression = /^\{\{(.*)\}\}$/s.exec(template.trim())?.[1]
  if (expression === undefined) throw new Error(`not one expression: ${template}`)
  return environment.renderString(`{{ (${expression}) | shown }}`, { value_json: state })
}
