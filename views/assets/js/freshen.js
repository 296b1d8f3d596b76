// @ts-check
import { prepare } from './app.js'
import { morph } from './morph.js'

/** Makes the page like its fragment as it came from the server: content, title and icon of the tab. */
export async function freshen(/** @type {HTMLElement} */ root, /** @type {string} */ html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html')
  const next = fresh.querySelector('[data-fragment]')
  if (next === null) return
  await prepare(next)
  morph(root, next)
  document.title = fresh.title || document.title
  const icon = fresh.querySelector('link[rel=icon]')?.getAttribute('href')
  if (icon) document.querySelector('link[rel=icon]')?.setAttribute('href', icon)
  document.dispatchEvent(new CustomEvent('ds:replaced'))
}
