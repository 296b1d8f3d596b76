// @ts-check

const HOVER_MS = 350

/**
 * The card of a job, beside its row: on hover after a moment, on focus and tap of its button at once. The button is
 * a link to the job for who has no script. The card itself is a fragment of the server (its address and `/card`).
 */
export function detailCard() {
  return {
    /** @this {any} */
    init() {
      /** @type {HTMLElement} */
      const root = this.$root
      let timer = 0
      const later = (/** @type {Event} */ event) => {
        clearTimeout(timer)
        const opener = openerOf(event.target)
        if (opener !== null) timer = window.setTimeout(() => open(opener), HOVER_MS)
      }
      root.addEventListener('pointerover', (event) => event.pointerType === 'mouse' && later(event))
      root.addEventListener('focusin', (event) => {
        if (event.target instanceof Element && event.target.matches('[data-card]:focus-visible')) later(event)
      })
      root.addEventListener('pointerout', () => clearTimeout(timer))
      // We are started by the first thing somebody does: the mouse may rest on a row already.
      const under = root.querySelector('th:hover, .c-name:hover, [data-card]:hover')
      if (under !== null && matchMedia('(hover: hover)').matches)
        timer = window.setTimeout(() => hover(under), HOVER_MS)
      root.addEventListener('click', (event) => {
        if (!(event.target instanceof Element)) return
        const tapped = event.target.closest('[data-card]') ?? tappedRow(event)
        if (tapped === null) return
        event.preventDefault()
        clearTimeout(timer)
        // At once: rows that move under a resting mouse would put it off.
        open(/** @type {HTMLElement} */ (tapped))
      })
      document.addEventListener('keydown', (event) => event.key === 'Escape' && close(true))
      document.addEventListener('click', (event) => {
        if (
          event.target instanceof Element &&
          event.target.closest('.card-over, [data-card], [id^=r-]') === null
        )
          close(false)
      })
    },
  }
}

/** @type {HTMLElement | null} */
let shown = null
/** @type {HTMLElement | null} */
let shownFor = null

function openerOf(/** @type {EventTarget | null} */ target) {
  if (!(target instanceof Element)) return null
  const near =
    target.closest('[data-card]') ??
    target.closest('th, .c-name')?.parentElement?.querySelector('[data-card]')
  return /** @type {HTMLElement | null} */ (near ?? null)
}

/** A finger anywhere on a row but on what leads elsewhere means the card of the row. */
function tappedRow(/** @type {Event} */ event) {
  const isFinger = event instanceof PointerEvent && event.pointerType === 'touch'
  if (!isFinger || !(event.target instanceof Element)) return null
  if (event.target.closest('a, button, summary, .card-over') !== null) return null
  return event.target.closest('[id^=r-]')?.querySelector('[data-card]') ?? null
}

function hover(/** @type {Element} */ under) {
  const opener = openerOf(under)
  if (opener !== null && under.matches(':hover')) open(opener)
}

async function open(/** @type {HTMLElement} */ opener) {
  if (shownFor === opener) return
  const answer = await fetch(`${opener.getAttribute('href')}/card`)
  if (!answer.ok || !opener.isConnected) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.card-over')
  if (fresh === null) return
  close(false)
  shown = /** @type {HTMLElement} */ (document.importNode(fresh, true))
  shownFor = opener
  shown.addEventListener('focusout', (event) => {
    if (event.relatedTarget instanceof Node && !shown?.contains(event.relatedTarget)) close(false)
  })
  opener.setAttribute('aria-expanded', 'true')
  // Beside its button in the order of the keyboard, over the page for the eye.
  opener.after(shown)
  if ('showPopover' in shown) shown.showPopover()
  place(shown, opener)
}

function place(/** @type {HTMLElement} */ card, /** @type {HTMLElement} */ opener) {
  if (matchMedia('(max-width: 760px)').matches) return
  const from = opener.getBoundingClientRect()
  const isBelow = from.bottom + card.offsetHeight + 8 < innerHeight
  const top = isBelow ? from.bottom + 4 : Math.max(8, from.top - card.offsetHeight - 4)
  card.style.top = `${top}px`
  card.style.left = `${Math.max(12, Math.min(from.right, innerWidth - 12) - card.offsetWidth)}px`
}

function close(/** @type {boolean} */ andFocus) {
  shown?.remove()
  shownFor?.setAttribute('aria-expanded', 'false')
  if (andFocus && shown !== null) shownFor?.focus()
  shown = null
  shownFor = null
}
