// @ts-check

/**
 * A form that is on its way: its button says so, and pressing it again does nothing until an answer is there. Forms
 * that a behaviour sends by itself are left to it. Loaded when somebody reaches for the page; without script, or
 * faster than this is loaded, forms are simply sent.
 */

/** What stays on the page: an answer that is a file, or one that never comes. */
const LONGEST_MS = 30_000
const FILE_MS = 3000

/** @type {Map<HTMLFormElement, HTMLElement | null>} */
const sent = new Map()

function onSubmit(/** @type {SubmitEvent} */ event) {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || form.method !== 'post' || event.defaultPrevented) return
  if (sent.has(form)) return event.preventDefault()
  mark(form, event.submitter)
  setTimeout(release, event.submitter?.hasAttribute('data-file') ? FILE_MS : LONGEST_MS, form)
}

function mark(/** @type {HTMLFormElement} */ form, /** @type {HTMLElement | null} */ button) {
  sent.set(form, button)
  form.setAttribute('aria-busy', 'true')
  // Not disabled: its name and value are what the form says.
  button?.classList.add('is-busy')
  button?.setAttribute('aria-disabled', 'true')
}

function release(/** @type {HTMLFormElement} */ form) {
  const button = sent.get(form)
  sent.delete(form)
  form.removeAttribute('aria-busy')
  button?.classList.remove('is-busy')
  button?.removeAttribute('aria-disabled')
}

const releaseAll = () => [...sent.keys()].forEach(release)

// At the end of its way, when every behaviour has had its say.
addEventListener('submit', onSubmit)
// A page that comes back out of the browser's memory is as it was left.
addEventListener('pageshow', releaseAll)
// Escape is how one calls a page off.
addEventListener('keydown', ({ key }) => key === 'Escape' && releaseAll())
