// @ts-check

/**
 * A search field that hides what does not match while you type; without script it is a GET form.
 * On `data-rows` (a selector): rows carry `data-find`, or are searched by their name; `data-groups` (a selector) names
 * what is hidden when all of its rows are. A group whose own `data-find` matches shows all its rows.
 */
export function filterRows() {
  return {
    /** @this {any} */
    init() {
      this.again = () => this.filter()
      document.addEventListener('ds:replaced', this.again)
      // Whoever types at once is faster than this script is loaded.
      /** @type {HTMLInputElement} */
      const field = this.$root.querySelector('input[type=search]')
      if (field.value !== field.defaultValue) this.filter()
    },
    /** @this {any} */
    destroy() {
      document.removeEventListener('ds:replaced', this.again)
    },
    /** @this {any} */
    filter() {
      /** @type {HTMLElement} */
      const root = this.$root
      const field = /** @type {HTMLInputElement} */ (root.querySelector('input[type=search]'))
      const wanted = fold(field.value)
      let count = 0
      for (const row of document.querySelectorAll(root.dataset['rows'] ?? 'tbody tr')) {
        const group = row.parentElement?.closest('[data-find]') ?? null
        const found =
          fold(textOf(row)).includes(wanted) || (group !== null && fold(textOf(group)).includes(wanted))
        hide(row, !found)
        if (found) count += 1
      }
      const rows = root.dataset['rows'] ?? 'tbody tr'
      for (const group of document.querySelectorAll(root.dataset['groups'] ?? '[data-none]'))
        hide(
          group,
          group.querySelector(rows) !== null && group.querySelector(`:is(${rows}):not([hidden])`) === null,
        )
      const said = document.getElementById('found')
      if (said !== null) said.textContent = wanted === '' ? '' : String(count)
    },
    /** @this {any} */
    clear() {
      this.$root.querySelector('input[type=search]').value = ''
      this.filter()
    },
  }
}

function hide(/** @type {Element} */ element, /** @type {boolean} */ isHidden) {
  element.toggleAttribute('hidden', isHidden)
  element.toggleAttribute('data-filtered', isHidden)
}

function textOf(/** @type {Element} */ element) {
  return element.getAttribute('data-find') ?? (element.querySelector('th, bdi') ?? element).textContent ?? ''
}

/** "Müller" is found by "muller". */
function fold(/** @type {string} */ text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
