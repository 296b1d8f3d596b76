import { sourceStack } from './source-stack.ts'

/** One line of the log as the application log page shows it. */
export interface LogEntry {
  /** Counts from the start of the program. */
  readonly no: number
  readonly at: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** A message names the job and server, what happened and what to do; `facts` are for machines. */
export interface Log {
  debug(message: string, facts?: Facts): void
  info(message: string, facts?: Facts): void
  warn(message: string, facts?: Facts): void
  error(message: string, facts?: Facts): void
  /** The last lines, oldest first, for the application log page. */
  recent(): readonly LogEntry[]
}

export interface Facts {
  readonly error?: unknown
  readonly [name: string]: unknown
}

const KEPT = 2000
const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const
/** Names under which a secret could stand; values are replaced before a line is written anywhere. */
const SECRET = /password|token|secret|authorization|cookie|passphrase/i

/** JSON lines to `out`; readable lines where `out` is a terminal. Below `level` nothing is kept. */
export function createLog(options: {
  level: string
  out?: NodeJS.WritableStream & { isTTY?: boolean }
}): Log {
  const out = options.out ?? process.stdout
  const lowest = RANK[options.level as keyof typeof RANK] ?? RANK.info
  const ring: LogEntry[] = []
  let count = 0
  const writer = (level: LogEntry['level']) => (message: string, facts?: Facts) => {
    if (RANK[level] < lowest) return
    count += 1
    const at = new Date().toISOString()
    const entry = { no: count, at, level, message, facts: plainFacts(facts ?? {}) }
    ring.push(entry)
    if (ring.length > KEPT) ring.splice(0, KEPT / 10)
    out.write(out.isTTY === true ? readable(entry) : jsonLine(entry))
  }
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    recent: () => ring,
  }
}

function jsonLine({ at, level, message, facts }: LogEntry): string {
  return `${JSON.stringify({ time: at, level, msg: message, ...facts })}\n`
}

function readable({ at, level, message, facts }: LogEntry): string {
  const said = Object.entries(facts).map(([name, value]) => {
    return ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`
  })
  return `${at.slice(11, 19)} ${level.padEnd(5)} ${message}${said.join('')}\n`
}

/** Facts as they may be written: errors with their stack, secrets masked, whatever cannot be written as a word. */
function plainFacts(facts: Facts): Readonly<Record<string, unknown>> {
  const plain: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(facts)) {
    if (SECRET.test(name)) plain[name] = '***'
    else plain[name] = value instanceof Error ? errorFacts(value) : value
  }
  try {
    JSON.stringify(plain)
    return plain
  } catch {
    return { facts: String(facts) }
  }
}

function errorFacts(error: Error): object {
  const { code } = error as NodeJS.ErrnoException
  const { name, message, stack } = error
  const cause = error.cause instanceof Error ? { cause: error.cause.message } : {}
  const trace = stack === undefined ? {} : { stack: sourceStack(stack) }
  return { name, message, ...(code === undefined ? {} : { code }), ...cause, ...trace }
}
