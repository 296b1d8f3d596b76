// @ts-check

/** Our tokens and the variables of Home Assistant's theme that mean the same. */
const TOKENS = /** @type {const} */ ([
  ['--bg', '--primary-background-color'],
  ['--card', '--card-background-color'],
  ['--ink', '--primary-text-color'],
])

/**
 * Inside Home Assistant's frame: takes the colours of its theme where they can be read and where text stays
 * readable on them; else our own light or dark ones that go with it.
 */
export function wearHomeAssistantTheme() {
  const outside = frameStyle()
  if (outside === null) return
  const found = TOKENS.map(
    ([token, theirs]) => /** @type {const} */ ([token, colour(outside.getPropertyValue(theirs))]),
  )
  const [bg, card, ink] = found.map(([, value]) => value)
  if (!bg || !card || !ink) return
  const root = document.documentElement
  root.style.colorScheme = luminance(card) < 0.3 ? 'dark' : 'light'
  // Our soft ink, lines and tints are made for our own grounds: theirs are taken only where these still hold.
  if (contrast(ink, card) < 7 || contrast(ink, bg) < 7) return
  for (const [token, value] of found) if (value) root.style.setProperty(token, `rgb(${value.join(' ')})`)
}

/** The style of the page around us; null where we stand alone or may not look. */
function frameStyle() {
  try {
    return parent === window ? null : getComputedStyle(parent.document.documentElement)
  } catch {
    return null
  }
}

/** @returns {number[] | null} red, green and blue of any way to write a colour */
function colour(/** @type {string} */ written) {
  const probe = document.createElement('i')
  probe.style.color = written.trim()
  if (probe.style.color === '') return null
  document.body.append(probe)
  const parts = getComputedStyle(probe).color.match(/[\d.]+/g)
  probe.remove()
  return parts === null || parts.length !== 3 ? null : parts.map(Number)
}

function luminance(/** @type {number[]} */ rgb) {
  const [r = 0, g = 0, b = 0] = rgb.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(/** @type {number[]} */ one, /** @type {number[]} */ other) {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}
