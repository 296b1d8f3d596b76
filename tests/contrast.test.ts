import { readFileSync } from 'node:fs'
import t, { type Test as TapTest } from 'tap'

const tokens = readFileSync('views/assets/css/10-tokens.css', 'utf8')
const pairs = new Map(
  [...tokens.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map((found) => [
    found[1] ?? '',
    { light: found[2] ?? '', dark: found[3] ?? '' },
  ]),
)
const tint = Number(/--tint: (\d+)%/.exec(tokens)?.[1]) / 100
const themes = ['light', 'dark'] as const
const GROUNDS = ['bg', 'card', 'raise']
const STATES = ['ok', 'warn', 'fail', 'late', 'idle', 'accent']

function colour(name: string, theme: (typeof themes)[number]): string {
  const pair = pairs.get(name)
  if (pair === undefined) throw new Error(`10-tokens.css has no --${name}`)
  return pair[theme]
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
}

/** WCAG 2.2 relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = channels(hex).map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function mix(over: string, under: string, share: number): string {
  const below = channels(under)
  const mixed = channels(over).map((value, at) => Math.round(value * share + (below[at] ?? 0) * (1 - share)))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

for (const theme of themes) {
  const reaches = (t: TapTest, least: number, front: string, ground: string, what: string) => {
    const found = contrast(front, ground)
    t.ok(found >= least, `${theme}: ${what} has ${found.toFixed(2)} of ${least}`)
  }

  t.test(`text can be read on every ground of the ${theme} theme`, async (t) => {
    for (const ground of GROUNDS) {
      for (const text of ['ink', 'soft', ...STATES.map((state) => `${state}-ink`)])
        reaches(t, 4.5, colour(text, theme), colour(ground, theme), `${text} on ${ground}`)
    }
    reaches(t, 4.5, colour('on-accent', theme), colour('accent', theme), 'a primary button')
  })

  t.test(`a pill can be read on its own tint in the ${theme} theme`, async (t) => {
    for (const state of STATES) {
      for (const ground of ['card', 'bg', 'raise']) {
        const tinted = mix(colour(state, theme), colour(ground, theme), tint)
        reaches(t, 4.5, colour(`${state}-ink`, theme), tinted, `${state} pill on ${ground}`)
      }
    }
  })

  t.test(`shapes and edges of controls can be seen in the ${theme} theme`, async (t) => {
    for (const shape of [...STATES, 'edge'])
      for (const ground of GROUNDS)
        reaches(t, 3, colour(shape, theme), colour(ground, theme), `${shape} on ${ground}`)
    // Bars of good runs are drawn a little paler.
    reaches(t, 3, mix(colour('ok', theme), colour('card', theme), 0.85), colour('card', theme), 'a good run')
  })
}
