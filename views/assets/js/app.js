// @ts-check
// What every page starts: ticking times and live fragments at once, everything else when somebody reaches for it.

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
  passwordRules: () => import('./password-rules.js'),
  seriesChart: () => import('./series-chart.js'),
  showPassword: () => import('./show-password.js'),
  swapPart: () => import('./swap-part.js'),
  theme: () => import('./theme.js'),
  tryServer: () => import('./try-server.js'),
}

/** @type {Promise<any> | null} */
let alpine = null
let isReady = false
/**
 * Each behaviour that was named once: several things may start us at the same moment, and Alpine must know them all.
 * @type {Map<string, Promise<void>>}
 */
const known = new Map()

/** Loads Alpine and the behaviours that the page, or what will be put into it, names. */
async function start(/** @type {ParentNode} */ root = document) {
  alpine ??= import('../vendor/alpine.js')
  for (const element of root.querySelectorAll('[x-data]')) {
    const name = element.getAttribute('x-data') ?? ''
    if (Object.hasOwn(BEHAVIOURS, name) && !known.has(name)) known.set(name, learn(name))
  }
  const [{ Alpine }] = await Promise.all([alpine, ...known.values()])
  if (isReady) return
  isReady = true
  Alpine.start()
}

async function learn(/** @type {string} */ name) {
  const [{ Alpine }, module] = await Promise.all([alpine, BEHAVIOURS[name]?.()])
  Alpine.data(name, module?.[name])
}

/** Before a fragment is put into the page: what it names must be known where Alpine runs already. */
export async function prepare(/** @type {ParentNode} */ root) {
  if (alpine !== null) await start(root)
}

/** The first click may come before the behaviour is there: it is held back and given again. */
function startAndRepeat(/** @type {Event} */ event) {
  if (isReady || !(event.target instanceof Element)) return
  const target = event.target.closest('[data-script], [data-card]') ?? tappedRow(event)
  if (target === null) return
  event.preventDefault()
  event.stopImmediatePropagation()
  const again = () => {
    if (event.type === 'submit' && target instanceof HTMLFormElement) target.requestSubmit()
    else target.dispatchEvent(new PointerEvent('click', /** @type {PointerEvent} */ (event)))
  }
  start().then(() => requestAnimationFrame(again))
}

/** A finger on a row opens its card: see `detail-card.js`. */
function tappedRow(/** @type {Event} */ event) {
  if (!(event instanceof PointerEvent) || event.pointerType !== 'touch') return null
  if (!(event.target instanceof Element) || event.target.closest('a, button, summary') !== null) return null
  return event.target.closest('[x-data=detailCard] [id^=r-]')
}

keepTimes()
followLive()
if (document.documentElement.dataset['door'] === 'ingress') {
  import('./home-assistant.js').then(({ meetHomeAssistant }) => meetHomeAssistant())
  if (!document.documentElement.dataset['theme'])
    import('./home-assistant-theme.js').then(({ wearHomeAssistantTheme }) => wearHomeAssistantTheme())
}
for (const type of ['click', 'submit']) document.addEventListener(type, startAndRepeat, { capture: true })
for (const type of ['pointerover', 'focusin', 'keydown', 'touchstart'])
  document.addEventListener(type, () => void start(), { once: true, passive: true, capture: true })
if (document.querySelector('[data-eager]') !== null) start()

// On a phone the places of settings are one line to swipe: the one that is open comes into view.
const side = document.querySelector('.side')
const here = side?.querySelector('[aria-current]')
if (side && here instanceof HTMLElement && side.scrollWidth > side.clientWidth)
  side.scrollLeft = here.offsetLeft - side.clientWidth / 3

document.addEventListener('input', async ({ target }) => {
  if (!(target instanceof Element) || target.closest('form.form, form.editor') === null) return
  const { keepChanges } = await import('./keep-changes.js')
  keepChanges()
})

document.addEventListener('keydown', async (event) => {
  const { onShortcut } = await import('./focus-search.js')
  onShortcut(event)
})
