/** One instruction of a Dockerfile, with the stage it stands in. */
export interface Instruction {
  readonly stage: string
  readonly verb: string
  /** What follows the verb, continuation lines joined. */
  readonly rest: string
  /** For COPY: the stage it copies from, null for the context. */
  readonly from: string | null
  readonly sources: readonly string[]
  readonly target: string
}

/** The instructions of a Dockerfile; comments are left out. */
export function instructions(dockerfile: string): readonly Instruction[] {
  const lines = dockerfile
    .split('\n')
    .filter((line) => !line.startsWith('#') && line.trim() !== '')
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
  let stage = ''
  return lines.map((line) => {
    const [verb = '', ...words] = line.split(/\s+/)
    const rest = words.join(' ')
    if (verb === 'FROM') stage = / AS (\S+)$/.exec(rest)?.[1] ?? ''
    const flags = words.filter((word) => word.startsWith('--'))
    const paths = verb === 'COPY' ? words.filter((word) => !word.startsWith('--')) : []
    const from = flags.find((flag) => flag.startsWith('--from='))?.slice('--from='.length) ?? null
    return { stage, verb, rest, from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' }
  })
}

/** Names at the top of the image's folder, each with the COPY that brings it. */
export function builtTree(steps: readonly Instruction[]): ReadonlyMap<string, Instruction> {
  const copies = steps.filter((step) => step.stage === 'runtime' && step.verb === 'COPY')
  return new Map(
    copies.flatMap((step) => {
      const names = step.target === './' ? step.sources : [step.target]
      return names.map((name) => [name.split('/').at(-1) ?? name, step] as const)
    }),
  )
}

/** Whether `.dockerignore` keeps a path of the root out: the last line that speaks of it counts. */
export function isIgnored(dockerignore: string, path: string): boolean {
  const top = path.split('/')[0] ?? path
  return dockerignore
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .reduce((ignored, line) => {
      const pattern = line.replace(/^!/, '')
      return pattern === '*' || pattern === top ? !line.startsWith('!') : ignored
    }, false)
}
