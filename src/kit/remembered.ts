/** More different texts than these come from nobody but one who wants the memory. */
const MOST = 1000

/** `work` with its answers remembered, for texts that come again and again; those longer than `longest` are not kept. */
export function remembered<T extends string | boolean | null>(
  work: (text: string) => T,
  longest: number,
): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const answer = work(text)
    if (known.size < MOST && text.length <= longest) known.set(text, answer)
    return answer
  }
}
