// @ts-check
// What every page starts: ticking times and live fragments at once, everything else when somebody reaches for it.

import { meetHomeAssistant } from './home-assistant.js'
import { followLive } from './live-fragment.js'
import { keepTimes } from './local-time.js'

/**
 * Behaviours by the name in `x-data`; each file exports a function of the same name for Alpine.
 * @type {Record<string, () => Promise<Record<string, any>>>}
 */
const BEHAVIOURS = {
  calendarDay: () => import('./calendar-day.js'),
  checkRow: () => import('./check-row.js'),
  confirmFirst: () => import('./confirm-first.js'),
  copyText: () => import('./copy-text.js'),
  detailCard: () => import('./detail-card.js'),
  editTemplate: () => import('./edit-template.js'),
  filterRows: () => import('./filter-rows.js'),
  menu: () => import('./menu.js'),
  seriesChart: () => import('./series-chart.js'),
  swapPart: () => import('./swap-part.js'),
  theme: () => import('./theme.js'),
  tryServer: () => import('./try-server.js'),
}

/** @type {Promise<void> | null} */
let started = null

/** Loads Alpine and the behaviours this page names, once. */
function start() {
  started ??= (async () => {
    const names = new Set(
      [...document.querySelectorAll('[x-data]')].map((element) => element.getAttribute('x-data') ?? ''),
    )
    const known = [...names].filter((name) => Object.hasOwn(BEHAVIOURS, name))
    const [{ Alpine }, ...modules] = await Promise.all([
      import('../vendor/alpine.js'),
      ...known.map((name) => BEHAVIOURS[name]?.()),
    ])
    for (const [at, name] of known.entries()) Alpine.data(name, modules[at]?.[name])
    Alpine.start()
  })()
  return started
}

/** The first click may come before the behaviour is there: it is held back and given again. */
function startAndRepeat(/** @type {Event} */ event) {
  if (started !== null || !(event.target instanceof Element)) return
  const target = event.target.closest('[data-script], [data-card]')
  if (target === null) return void start()
  event.preventDefault()
  event.stopImmediatePropagation()
  const again = () => {
    if (event.type === 'submit' && target instanceof HTMLFormElement) target.requestSubmit()
    else target.dispatchEvent(new MouseEvent('click', /** @type {MouseEvent} */ (event)))
  }
  start().then(() => requestAnimationFrame(again))
}

meetHomeAssistant()
keepTimes()
followLive()
if (document.documentElement.dataset['door'] === 'ingress' && !document.documentElement.dataset['theme'])
  import('./home-assistant-theme.js').then(({ wearHomeAssistantTheme }) => wearHomeAssistantTheme())
for (const type of ['click', 'submit']) document.addEventListener(type, startAndRepeat, { capture: true })
for (const type of ['pointerover', 'focusin', 'keydown', 'touchstart'])
  document.addEventListener(type, () => void start(), { once: true, passive: true, capture: true })
if (document.querySelector('[data-now]') !== null) start()

document.addEventListener('keydown', async (event) => {
  const { onShortcut } = await import('./focus-search.js')
  onShortcut(event)
})
