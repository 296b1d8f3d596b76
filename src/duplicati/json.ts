import { Failure } from '../domain/failure.ts'
import { text as say } from '../domain/text.ts'

/** Deeper than any report: Duplicati's own go to about ten. */
const DEEPEST = 200

/**
 * Parses foreign JSON. Throws Failure `invalid` where it is none, ends early, or is nested so deep that reading
 * on would cost memory out of proportion.
 */
export function parseJson(text: string): unknown {
  if (depthOf(text) > DEEPEST)
    throw new Failure('invalid', say('report.refused.too-deep', { levels: DEEPEST }))
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Failure('invalid', say('report.refused.not-json', { length: text.length }), { cause })
  }
}

/** Greatest nesting of brackets outside of strings; stops counting above the limit. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) at = closingQuote(text, at)
    else if (code === 123 || code === 91) {
      depth++
      if (depth > deepest) deepest = depth
      if (deepest > DEEPEST) return deepest
    } else if (code === 125 || code === 93) depth--
  }
  return deepest
}

function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes++
    if (slashes % 2 === 0) return at
  }
  return text.length
}
