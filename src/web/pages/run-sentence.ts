import type { Run } from '../../domain/run.ts'
import type { Words } from '../../domain/words.ts'
import type { Usual } from './run-usual.ts'

/** The run in plain words: how it ended, how long it took, and whether that is usual. */
export function runSentence(run: Run, usual: Usual, words: Words): string {
  return [ending(run, words), comparison(run, usual, words), caveat(run, words)]
    .filter((part) => part !== '')
    .join(' ')
}

function ending(run: Run, words: Words): string {
  const took = run.durationS === null ? 'no' : 'yes'
  const values = {
    took,
    duration: { seconds: run.durationS ?? 0 },
    warnings: run.warnings,
    errors: run.errors,
  }
  if (run.interrupted) return words.say('page.run.ended.interrupted', values)
  if (run.exception !== null || run.result === 'fatal') return words.say('page.run.ended.exception', values)
  return words.say(`page.run.ended.${run.result}`, values)
}

/** Only what is worth a word: a quarter and a minute away from the usual. */
function comparison(run: Run, usual: Usual, words: Words): string {
  if (run.durationS === null || usual.durationS === null || run.result === 'fatal' || run.result === 'error')
    return ''
  const off = run.durationS - usual.durationS
  if (Math.abs(off) < Math.max(60, usual.durationS / 4)) return ''
  const span = { seconds: Math.abs(off) }
  return words.say(off > 0 ? 'page.run.longer' : 'page.run.shorter', { span })
}

function caveat(run: Run, words: Words): string {
  if (run.dryRun) return words.say('page.run.dry-run')
  return run.partial && !run.interrupted ? words.say('page.run.partial') : ''
}
