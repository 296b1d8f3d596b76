import pino from 'pino'

/** One line of the log as the application log page shows it. */
export interface LogEntry {
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
const LEVELS = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' } as const
/** Names under which a secret could stand; values are replaced before a line is written anywhere. */
const SECRET = ['password', 'token', 'secret', 'authorization', 'cookie', 'passphrase']

/** JSON lines to `out`; readable lines where `out` is a terminal. */
export function createLog(options: {
  level: string
  out?: NodeJS.WritableStream & { isTTY?: boolean }
}): Log {
  const out = options.out ?? process.stdout
  const ring: LogEntry[] = []
  const stream = {
    write(line: string) {
      const entry = entryOf(line)
      ring.push(entry)
      if (ring.length > KEPT) ring.splice(0, KEPT / 10)
      out.write(out.isTTY === true ? readable(entry) : line)
    },
  }
  const redact = { paths: SECRET.flatMap((name) => [name, `*.${name}`]), censor: '***' }
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact,
      serializers: { error: errorFacts },
    },
    stream,
  )
  return {
    debug: (message, facts) => logger.debug(facts ?? {}, message),
    info: (message, facts) => logger.info(facts ?? {}, message),
    warn: (message, facts) => logger.warn(facts ?? {}, message),
    error: (message, facts) => logger.error(facts ?? {}, message),
    recent: () => ring,
  }
}

function entryOf(line: string): LogEntry {
  const { time, level, msg, ...facts } = JSON.parse(line) as {
    time: string
    level: keyof typeof LEVELS
    msg: string
  }
  return { at: time, level: LEVELS[level] ?? 'info', message: msg, facts }
}

function readable(entry: LogEntry): string {
  const facts = Object.entries(entry.facts).map(
    ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return `${entry.at.slice(11, 19)} ${entry.level.padEnd(5)} ${entry.message}${facts.join('')}\n`
}

function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error)
  const code = (error as NodeJS.ErrnoException).code
  return {
    name: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    stack: error.stack,
  }
}
