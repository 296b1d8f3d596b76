// @ts-check
import { prepare } from './app.js'
import { morph } from './morph.js'

/**
 * Asks for the fragment of a page and makes the page like it. Gives the ETag for the next time; throws where the
 * server cannot be reached.
 * @returns {Promise<string>}
 */
export async function freshen(/** @type {HTMLElement} */ root, /** @type {string} */ etag) {
  const answer = await fetch(root.dataset['fragment'] ?? '', {
    headers: etag === '' ? {} : { 'If-None-Match': etag },
    cache: 'no-store',
  })
  if (answer.status === 401 || answer.redirected) location.reload()
  if (answer.status >= 500) throw new Error(String(answer.status))
  if (answer.status !== 200) return etag
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const next = fresh.querySelector('[data-fragment]')
  if (next === null) return etag
  await prepare(next)
  morph(root, next)
  document.title = fresh.title || document.title
  const icon = fresh.querySelector('link[rel=icon]')?.getAttribute('href')
  if (icon) document.querySelector('link[rel=icon]')?.setAttribute('href', icon)
  document.dispatchEvent(new CustomEvent('ds:replaced'))
  return answer.headers.get('ETag') ?? ''
}
