import type { Clock } from '../kit/clock.ts'
import { type Disk, writeAll } from './disk.ts'

const BEAT_MS = 60_000

/** The moment at which the program was last seen running; null where it is not known. */
export async function lastAlive(disk: Disk, path: string): Promise<Date | null> {
  const bytes = await disk.readFile(path).catch(() => null)
  const at = new Date(bytes?.toString('latin1').trim() ?? Number.NaN)
  return Number.isNaN(at.getTime()) ? null : at
}

/** Notes the moment, without fsync: a minute more or less does not matter. A failure is for the next write to say. */
export async function noteAlive(disk: Disk, path: string, clock: Clock): Promise<void> {
  const file = await disk.open(path, 'w').catch(() => null)
  if (file === null) return
  await writeAll(file, Buffer.from(`${clock.now().toISOString()}\n`), 0).catch(() => undefined)
  await file.close()
}

/** Notes it once a minute; gives the function that ends it. */
export function keepAlive(note: () => Promise<void>): () => void {
  const beat = setInterval(() => void note(), BEAT_MS)
  beat.unref()
  return () => clearInterval(beat)
}
