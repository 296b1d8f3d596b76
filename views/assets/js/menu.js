// @ts-check

/** A <details class="menu">: closes on Escape, on a click elsewhere and when focus leaves; arrows walk. */
export function menu() {
  return {
    /** @this {any} */
    init() {
      /** @type {HTMLDetailsElement} */
      const details = this.$root
      details.addEventListener('keydown', (event) => onKey(details, event))
      details.addEventListener('focusout', (event) => {
        if (event.relatedTarget instanceof Node && !details.contains(event.relatedTarget))
          details.open = false
      })
      document.addEventListener('click', (event) => {
        if (event.target instanceof Node && !details.contains(event.target)) details.open = false
      })
    },
  }
}

function onKey(/** @type {HTMLDetailsElement} */ details, /** @type {KeyboardEvent} */ event) {
  if (event.key === 'Escape' && details.open) {
    details.open = false
    details.querySelector('summary')?.focus()
  }
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0 || !details.open) return
  event.preventDefault()
  const items = /** @type {HTMLElement[]} */ ([
    ...details.querySelectorAll('.leaf :is(a, button, select, input)'),
  ])
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement))
  items[(at + step + items.length) % items.length]?.focus()
}
