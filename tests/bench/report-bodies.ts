import { benchCast, benchReport } from '../support/generator.ts'
import { seededRandom } from '../support/random.ts'

const JOBS = benchCast(20, 5)
const MOMENT = new Date(Date.UTC(2026, 0, 1, 3, 0, 0))
const known = new Map<number, (number: number) => Buffer>()

/**
 * Bodies of reports of so many log lines. Every number is a run of its own: jobs take turns, and each next run of
 * a job begins a second later, from 50 minutes ago.
 */
export function reportBodies(lines: number): (number: number) => Buffer {
  const made = known.get(lines)
  if (made !== undefined) return made
  const stencils = JOBS.map(({ machine, job }, position) => {
    const random = seededRandom(position)
    const { document } = benchReport({ machine, job, begin: MOMENT, random, lines })
    return stencil(JSON.stringify(document))
  })
  const first = Math.floor(Date.now() / 1000) - 3000
  const bodyOf = (number: number) => {
    const parts = stencils[number % stencils.length] ?? []
    const begin = new Date((first + Math.floor(number / stencils.length)) * 1000).toISOString().slice(0, 19)
    return Buffer.concat(weave(parts, Buffer.from(begin)))
  }
  known.set(lines, bodyOf)
  return bodyOf
}

/** The text cut where its begin stands. */
function stencil(text: string): Buffer[] {
  return text.split(MOMENT.toISOString().slice(0, 19)).map((part) => Buffer.from(part))
}

function weave(parts: readonly Buffer[], thread: Buffer): Buffer[] {
  return parts.flatMap((part, position) => (position === 0 ? [part] : [thread, part]))
}
