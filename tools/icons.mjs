// Makes views/assets/icons/sprite.svg from lucide-static, and the tab icons. Run after adding a name below:
//   node tools/icons.mjs
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const NAMES = [
  'activity',
  'archive',
  'arrow-down',
  'arrow-up',
  'bell',
  'bell-off',
  'calendar',
  'chart-column',
  'chart-line',
  'check',
  'chevron-down',
  'chevron-left',
  'chevron-right',
  'circle-alert',
  'circle-check',
  'circle-help',
  'circle-pause',
  'circle-x',
  'clock',
  'cloud-upload',
  'copy',
  'database',
  'download',
  'ellipsis',
  'external-link',
  'eye',
  'eye-off',
  'file',
  'file-text',
  'flag',
  'globe',
  'hard-drive',
  'history',
  'house',
  'inbox',
  'info',
  'key',
  'layers',
  'layout-grid',
  'link',
  'list',
  'loader-circle',
  'lock',
  'log-in',
  'log-out',
  'mail',
  'menu',
  'monitor',
  'moon',
  'octagon-x',
  'pause',
  'pencil',
  'play',
  'plus',
  'qr-code',
  'radio',
  'refresh-cw',
  'rotate-ccw',
  'save',
  'search',
  'send',
  'server',
  'settings',
  'shield',
  'sliders-horizontal',
  'square',
  'sun',
  'table',
  'tag',
  'trash',
  'triangle-alert',
  'undo',
  'unplug',
  'upload',
  'user',
  'users',
  'wifi-off',
  'wrench',
  'x',
  'zap',
]

// Lucide has no "z z" for snoozing; this one is ours.
const OWN = {
  snooze: '<path d="M4 12h6l-6 8h6" /><path d="M14 4h6l-6 8h6" />',
  dash: '<path d="M6 12h12" />',
}

const from = dirname(createRequire(import.meta.url).resolve('lucide-static/package.json'))
const into = new URL('../views/assets/icons/', import.meta.url)
const OLD_NAMES = { 'circle-help': 'circle-question-mark' }

const symbols = [
  ...NAMES.map((name) => symbol(name, lucide(name))),
  ...Object.entries(OWN).map(([name, drawing]) => symbol(name, drawing)),
]
writeFileSync(
  new URL('sprite.svg', into),
  `${notice()}\n<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`,
)

writeFileSync(new URL('tab-0.svg', into), `${tabIcon('#1f8a4c', 0)}\n`)
for (let count = 1; count <= 10; count += 1) {
  writeFileSync(new URL(`tab-${count}.svg`, into), `${tabIcon('#c2261b', count)}\n`)
}

function lucide(name) {
  const svg = read(name) ?? read(OLD_NAMES[name])
  if (svg === null) throw new Error(`lucide-static has no icon "${name}"`)
  const inside = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'))
  return inside.replace(/\s+/g, ' ').replaceAll(' />', '/>').trim()
}

function read(name) {
  try {
    return readFileSync(join(from, 'icons', `${name}.svg`), 'utf8')
  } catch {
    return null
  }
}

function symbol(name, drawing) {
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing}</symbol>`
}

function notice() {
  const text = readFileSync(join(from, 'LICENSE'), 'utf8')
    .replace(/-(?=-)/g, '- ')
    .trim()
  return `<!--\nIcons from Lucide (https://lucide.dev):\n\n${text}\n-->`
}

/** The mark of the product; a number of problems instead of the tick, "9+" above nine. */
function tabIcon(colour, count) {
  const sheet = `<path d="M11 27h11a6 6 0 0 0 6-6V11" fill="none" stroke="${colour}" stroke-width="3" stroke-linecap="round"/>`
  const box = `<rect x="2" y="4" width="21" height="21" rx="6" fill="${colour}"/>`
  const inside =
    count === 0
      ? '<path d="m7.5 14.5 3.5 3.5 6.5-7" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>'
      : `<text x="12.5" y="20" font-family="sans-serif" font-size="${count > 9 ? 13 : 16}" font-weight="700" fill="#fff" text-anchor="middle">${count > 9 ? '9+' : count}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${sheet}${box}${inside}</svg>`
}
