// @ts-check
// What every page starts: ticking times and live fragments at once, everything else when somebody reaches for it.

import { followLive } from './live-fragment.js'
import { keepTimes } from './local-time.js'

/**
 * Behaviours by the name in `x-data`; each file exports a function of the same name for Alpine.
 * @type {Record<string, string>}
 */
const BEHAVIOURS = {
  calendarDay: './calendar-day.js',
  checkRow: './check-row.js',
  confirmFirst: './confirm-first.js',
  copyText: './copy-text.js',
  detailCard: './detail-card.js',
  editTemplate: './edit-template.js',
  filterRows: './filter-rows.js',
  menu: './menu.js',
  passwordRules: './password-rules.js',
  seriesChart: './series-chart.js',
  showPassword: './show-password.js',
  swapPart: './swap-part.js',
  theme: './theme.js',
  tryServer: './try-server.js',
}

/** @type {Promise<any> | null} */
let alpine = null
let isReady = false
let failures = 0
/**
 * Each behaviour that was named once: several things may start us at the same moment, and Alpine must know them all.
 * @type {Map<string, Promise<void>>}
 */
const known = new Map()

/** A browser remembers for ever that a module failed to load; by another address it asks for it again. */
const load = (/** @type {string} */ path) => import(failures === 0 ? path : `${path}?${failures}`)

/** Loads Alpine and the behaviours that the page, or what will be put into it, names. False where that failed. */
async function start(/** @type {ParentNode} */ root = document) {
  const tried = failures
  try {
    alpine ??= load('../vendor/alpine.js')
    for (const element of root.querySelectorAll('[x-data]')) {
      const name = element.getAttribute('x-data') ?? ''
      if (Object.hasOwn(BEHAVIOURS, name) && !known.has(name)) known.set(name, learn(name))
    }
    const [{ Alpine }] = await Promise.all([alpine, ...known.values()])
    if (isReady) return true
    isReady = true
    Alpine.start()
    return true
  } catch {
    // Without a connection: the next thing that somebody does begins anew.
    if (failures === tried) forget()
    return false
  }
}

function forget() {
  failures += 1
  known.clear()
  if (isReady) return
  alpine = null
  startOnReach()
}

async function learn(/** @type {string} */ name) {
  const [{ Alpine }, module] = await Promise.all([alpine, load(BEHAVIOURS[name] ?? '')])
  Alpine.data(name, module[name])
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
  start().then((isStarted) => isStarted && requestAnimationFrame(again))
}

function startOnReach() {
  for (const type of ['pointerover', 'focusin', 'keydown', 'touchstart'])
    document.addEventListener(type, reach, { once: true, passive: true, capture: true })
}

function reach() {
  void start()
  load('./busy-form.js').catch(() => undefined)
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
startOnReach()
if (document.querySelector('[data-eager]') !== null) start()

// On a phone the places of settings are one line to swipe: the one that is open comes into view.
const side = document.querySelector('.side')
const here = side?.querySelector('[aria-current]')
if (side && here && side.scrollWidth > side.clientWidth) {
  const [line, place] = [side.getBoundingClientRect(), here.getBoundingClientRect()]
  side.scrollLeft += place.left + place.width / 2 - line.left - line.width / 2
}

document.addEventListener('input', async ({ target }) => {
  if (!(target instanceof Element) || target.closest('form.form, form.editor') === null) return
  const { keepChanges } = await load('./keep-changes.js')
  keepChanges()
})

document.addEventListener('keydown', async (event) => {
  const { onShortcut } = await load('./focus-search.js')
  onShortcut(event)
})
