/** The part of a browser's self-description that a person recognises. */
export function browserOf(agent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari|curl)\/[\d.]+/.exec(agent)?.[1] ?? ''
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1] ?? ''
  return (
    [browser === 'Edg' ? 'Edge' : browser, system].filter((part) => part !== '').join(', ') ||
    agent.slice(0, 60)
  )
}
