import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { smallHouse } from '../support/small-house.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

t.test('every example of YAML in the documents can be read', async (t) => {
  const pages = ['DOCS.md', 'README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
  let count = 0
  for (const page of pages.filter((name) => name.endsWith('.md'))) {
    for (const block of yamlBlocks(page)) {
      count += 1
      for (const document of parseAllDocuments(block))
        t.same(document.errors, [], `${page}: ${block.slice(0, 60)}`)
    }
  }
  t.ok(count >= 7, `${count} examples`)
})

t.test(
  'automations in the documents have triggers, actions and moments that Home Assistant knows',
  async (t) => {
    const automations = yamlBlocks('DOCS.md').map((block) => parse(block) as Record<string, unknown>)
    t.equal(automations.length, 3)
    for (const automation of automations) {
      t.match(automation, { triggers: Array, actions: Array })
      t.same(
        Object.keys(automation).filter((key) => !/^(triggers|conditions|actions)$/.test(key)),
        [],
      )
    }
  },
)

t.test('tiles of Homepage find every field they show, never null', { timeout: 120_000 }, async (t) => {
  const house = await smallHouse({ days: 5 })
  t.teardown(() => house.close())
  const tiles = [
    ...widgetsIn(parse(read('addon/homepage/services.yaml').replaceAll('{{', '').replaceAll('}}', ''))),
    ...yamlBlocks('docs/homepage.md').flatMap((block) =>
      widgetsIn(parse(block.replaceAll('{{', '').replaceAll('}}', ''))),
    ),
  ]
  t.equal(tiles.length, 8)
  for (const { type, url, display, mappings } of tiles) {
    t.equal(type, 'customapi')
    const answer = await house.get(new URL(url).pathname)
    t.equal(answer.status, 200, url)
    const body = (await answer.json()) as Record<string, unknown>
    t.notOk('error' in body, 'which Homepage would show as a fault')
    if (display === 'dynamic-list') {
      const { items, name, label, target } = mappings as unknown as Record<string, string>
      const [first] = body[items ?? ''] as Record<string, unknown>[]
      for (const field of [name, label, String(target).replace(/[{}]/g, '')])
        t.type(first?.[field ?? ''], 'string', `${url}: ${field}`)
      continue
    }
    if (display === undefined) t.ok(mappings.length <= 4, 'a block shows four')
    for (const { field } of mappings) {
      const value = field
        .split('.')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], body)
      t.ok(value !== undefined && value !== null, `${url}: ${field}`)
    }
  }
})

interface Widget {
  readonly type: string
  readonly url: string
  readonly display?: string
  readonly mappings: readonly { readonly field: string }[]
}

/** Services stand in groups, and groups may stand in groups. */
function widgetsIn(tree: unknown): Widget[] {
  if (typeof tree !== 'object' || tree === null) return []
  return Object.entries(tree).flatMap(([key, value]) =>
    key === 'widget' ? [value as Widget] : widgetsIn(value),
  )
}

function yamlBlocks(page: string): string[] {
  return [...read(page).matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block ?? '')
}
