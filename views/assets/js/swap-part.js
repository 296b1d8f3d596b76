// @ts-check

/**
 * A part of a page whose links (`data-part`) and forms (POST) change only this part: what the server answers is the
 * whole page, and from it the element with the same id is put in its place. Without script the page is simply loaded.
 */
export function swapPart() {
  return {
    /** @this {any} */
    follow() {
      const event = /** @type {MouseEvent} */ (this.$event)
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0)
        return
      const link = event.target instanceof Element ? event.target.closest('a[data-part]') : null
      if (!(link instanceof HTMLAnchorElement)) return
      event.preventDefault()
      return swap(this.$root, fetch(link.href), link.href)
    },
    /** @this {any} */
    send() {
      const event = /** @type {SubmitEvent} */ (this.$event)
      const form = event.target
      if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== 'post') return
      event.preventDefault()
      const button = /** @type {HTMLButtonElement | null} */ (event.submitter)
      if (form.hasAttribute('aria-busy')) return
      const action = button?.hasAttribute('formaction') ? button.formAction : form.action
      const body = new URLSearchParams()
      for (const [name, value] of new FormData(form, button)) body.append(name, String(value))
      button?.classList.add('is-busy')
      form.setAttribute('aria-busy', 'true')
      // What is put in its place is a new form; where no answer came, it can be sent again.
      return swap(this.$root, fetch(action, { method: 'POST', body }), null).finally(() => {
        button?.classList.remove('is-busy')
        form.removeAttribute('aria-busy')
      })
    },
  }
}

/** @param {string | null} address what the address bar says afterwards; null for what was answered */
async function swap(
  /** @type {HTMLElement} */ root,
  /** @type {Promise<Response>} */ asked,
  /** @type {string | null} */ address,
) {
  const answer = await asked
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const part = fresh.getElementById(root.id)
  // Signed out, or something that nobody foresaw: the server's page says it.
  if (part === null) return showWhole(fresh)
  const focused = document.activeElement?.id ?? ''
  const next = document.importNode(part, true)
  root.replaceWith(next)
  if (answer.redirected || address !== null) history.replaceState(null, '', address ?? answer.url)
  say(fresh)
  const target = focused === '' ? null : document.getElementById(focused)
  const wrong = next.querySelector('[aria-invalid="true"]')
  const opened = wrong ?? next.querySelector('tr.edit :is(input:checked, select)')
  const aim = target ?? opened ?? next.querySelector(':target')
  if (aim instanceof HTMLElement) aim.focus({ preventScroll: true })
  document.dispatchEvent(new CustomEvent('ds:replaced'))
}

function showWhole(/** @type {Document} */ fresh) {
  const main = fresh.getElementById('main')
  if (main === null) return location.reload()
  document.getElementById('main')?.replaceWith(document.importNode(main, true))
  document.title = fresh.title
  scrollTo(0, 0)
}

/** The sentence of the server about what was done. */
function say(/** @type {Document} */ fresh) {
  for (const old of document.querySelectorAll('.tray')) old.remove()
  const tray = fresh.querySelector('.tray')
  if (tray !== null) document.querySelector('header.bar')?.after(document.importNode(tray, true))
}
