import type { ServerRow } from './server-rows.ts'

const MOST_TAGS = 20
const LONGEST_TAG = 50

/** Tags as somebody types them, separated by commas, semicolons or lines; each once, whatever its letters' case. */
export function readTags(typed: string): readonly string[] {
  const tags = new Map<string, string>()
  for (const part of typed.split(/[,;\n，；、]/)) {
    const tag = part.trim().slice(0, LONGEST_TAG)
    if (tag !== '' && !tags.has(folded(tag))) tags.set(folded(tag), tag)
  }
  return [...tags.values()].slice(0, MOST_TAGS)
}

export function hasTag({ tags }: { readonly tags: readonly string[] }, wanted: string): boolean {
  return tags.some((tag) => folded(tag) === folded(wanted))
}

/** Every tag in use, by name, with how many jobs have it; a tag of a server counts for each of its jobs. */
export function tagsInUse(servers: readonly ServerRow[]): readonly { tag: string; jobs: number }[] {
  const found = new Map<string, { tag: string; jobs: number }>()
  for (const { server, jobs } of servers) {
    for (const { job } of jobs) {
      const own = new Map([...server.tags, ...job.tags].map((tag) => [folded(tag), tag]))
      for (const [key, tag] of own) {
        const known = found.get(key)
        found.set(key, { tag: known?.tag ?? tag, jobs: (known?.jobs ?? 0) + 1 })
      }
    }
  }
  return [...found.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry)
}

function folded(tag: string): string {
  return tag.toLowerCase()
}
