// @ts-check
// Single keys, as the help page lists them: `/` finds, `g o` and friends go places, `r` refreshes, `?` explains.

let isGoing = false

export function onShortcut(/** @type {KeyboardEvent} */ event) {
  // Who speaks to the machine, or types with a tremor, can switch them off.
  if (document.documentElement.dataset['keys'] === 'off') return
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
    return
  if (isGoing) return go(event)
  if (event.key === '/') return focusSearch(event)
  if (event.key === 'r') return void document.dispatchEvent(new CustomEvent('ds:refresh'))
  if (event.key === '?') return follow('help')
  if (event.key !== 'g') return
  isGoing = true
  setTimeout(() => {
    isGoing = false
  }, 1200)
}

function focusSearch(/** @type {KeyboardEvent} */ event) {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector('[data-search]'))
  if (field === null) return
  event.preventDefault()
  field.focus()
  field.select()
}

/** @type {Record<string, string>} */
const PLACES = { o: 'overview', a: 'activity', m: 'trends', s: 'settings', h: 'help' }

function go(/** @type {KeyboardEvent} */ event) {
  isGoing = false
  follow(PLACES[event.key])
}

function follow(/** @type {string | undefined} */ place) {
  const link = place === undefined ? null : document.querySelector(`a[data-place="${place}"]`)
  if (link instanceof HTMLAnchorElement) link.click()
}

function isTyping(/** @type {EventTarget | null} */ target) {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null
}
