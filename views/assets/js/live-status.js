// @ts-check

/** Says what the connection does; the strip about a lost one blocks nothing. */
export function showConnection(/** @type {'live' | 'polling' | 'lost' | 'off'} */ state) {
  const status = /** @type {HTMLElement | null} */ (document.querySelector('.live'))
  const strip = document.getElementById('offline')
  if (strip !== null) strip.hidden = state !== 'lost'
  if (status === null || status.dataset['state'] === state) return
  status.dataset['state'] = state
  status.querySelector('[data-live-switch]')?.setAttribute('aria-pressed', String(state !== 'off'))
  const words = status.querySelector('[data-words]')
  if (words !== null) words.textContent = status.dataset[state] ?? ''
}
