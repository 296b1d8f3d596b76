// @ts-check
// Inside Home Assistant's frame: the menu button on a phone, links that lead to a page, light or dark as there.
// Messages as the frontend's panel for apps sends and takes them (`home-assistant/...`, since 2026.2).

/** A frame that was opened before keeps this name from page to page; a new frame has none. */
const FRAME_NAME = 'duplistatus-panel'
const PATH = /^\/[\w\-./?=&%]*$/

/** Does nothing at the public door, or where the page stands in no frame. */
export function meetHomeAssistant() {
  const root = document.documentElement
  if (root.dataset['door'] !== 'ingress' || window.parent === window) return
  const isNew = window.name !== FRAME_NAME
  window.name = FRAME_NAME
  const here = location.pathname.slice((root.dataset['base'] ?? '').length)
  let isInStep = false
  let isAnnounced = false
  addEventListener('message', ({ data, source, origin }) => {
    if (source !== window.parent || origin !== location.origin) return
    if (data?.type !== 'home-assistant/properties') return
    for (const button of document.querySelectorAll('[data-house-menu]'))
      if (button instanceof HTMLElement) button.hidden = data.narrow !== true
    const wanted = wantedPath(data.route)
    if (wanted === null) return
    if (wanted === here) isInStep = true
    else if ((isNew && wanted !== '/') || isInStep) location.replace((root.dataset['base'] ?? '') + wanted)
    else if (!isAnnounced) {
      isAnnounced = true
      announce(`${data.route.prefix}${here}`)
    }
  })
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('[data-house-menu]') !== null)
      tell({ type: 'home-assistant/toggle-menu' })
  })
  takeTheme(root)
  tell({ type: 'home-assistant/subscribe-properties', kioskMode: true })
}

/** The part of `/app/<slug>/...` that is ours; null where it is none of our addresses. */
function wantedPath(/** @type {{ path?: unknown } | undefined} */ route) {
  const path = route?.path === '' ? '/' : route?.path
  return typeof path === 'string' && PATH.test(path) && !path.includes('//') ? path : null
}

/** Home Assistant's address follows, so that reloading it comes back to this page. */
function announce(/** @type {string} */ path) {
  tell({ type: 'home-assistant/navigate', path, options: { replace: true } })
}

function tell(/** @type {object} */ message) {
  window.parent.postMessage(message, location.origin)
}

/** Who chose nothing here gets what they chose there, which may differ from the device. */
function takeTheme(/** @type {HTMLElement} */ root) {
  if (root.dataset['theme'] !== undefined) return
  try {
    const styles = getComputedStyle(window.parent.document.documentElement)
    const light = lightness(styles.getPropertyValue('--primary-background-color'))
    if (light !== null) root.dataset['theme'] = light > 0.5 ? 'light' : 'dark'
  } catch {
    // Another origin: the device decides.
  }
}

/** From 0 (black) to 1 (white); null where it is no plain colour. */
function lightness(/** @type {string} */ colour) {
  const hex = /^\s*#([0-9a-f]{3}|[0-9a-f]{6})\s*$/i.exec(colour)?.[1]
  const parts =
    hex === undefined
      ? /^\s*rgba?\(([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/i.exec(colour)?.slice(1).map(Number)
      : [0, 1, 2].map((at) => channel(hex, at))
  if (parts === undefined) return null
  const [red = 0, green = 0, blue = 0] = parts
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
}

function channel(/** @type {string} */ hex, /** @type {number} */ at) {
  const size = hex.length / 3
  const part = hex.slice(at * size, (at + 1) * size)
  return Number.parseInt(size === 1 ? part + part : part, 16)
}
