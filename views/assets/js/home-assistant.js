// @ts-check
// Inside Home Assistant's frame: the menu button on a phone, and links that lead to a page.
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
  document.addEventListener('formdata', wrapQuery)
  tell({ type: 'home-assistant/subscribe-properties', kioskMode: true })
}

/** Home Assistant refuses a query that looks like an attack, as a path that is searched for may: see `mount.ts`. */
function wrapQuery(/** @type {FormDataEvent} */ { target, formData }) {
  if (!(target instanceof HTMLFormElement) || target.method !== 'get') return
  for (const [name, value] of [...formData]) {
    if (typeof value !== 'string') continue
    if (/^[\p{L}\p{N} _.,:@-]*$/u.test(value) && !value.includes('..')) continue
    formData.delete(name)
    formData.append(`~${name}`, base64url(value))
  }
}

function base64url(/** @type {string} */ text) {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text))
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
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
