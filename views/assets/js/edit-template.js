// @ts-check

const QUIET_MS = 350

/** The form of a template: shows what it would say while one types, and puts variables where the caret is. */
export function editTemplate() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  /** @type {AbortController | null} */
  let asking = null
  /** @type {HTMLInputElement | HTMLTextAreaElement | null} */
  let last = null

  return {
    /** @this {any} */
    init() {
      /** @type {HTMLFormElement} */
      const form = this.$root
      form.addEventListener('focusin', ({ target }) => {
        if (isText(target)) last = target
      })
      if (isText(document.activeElement)) last = document.activeElement
      // What was typed or pasted before we were there.
      const texts = [...form.querySelectorAll('[data-insertable]')]
      if (texts.some((one) => isText(one) && one.value !== one.defaultValue)) this.changed()
    },
    /** @this {any} */
    changed() {
      clearTimeout(timer)
      const form = /** @type {HTMLFormElement} */ (this.$root)
      timer = setTimeout(() => {
        asking?.abort()
        asking = new AbortController()
        void preview(form, asking.signal)
      }, QUIET_MS)
    },
    /** @this {any} */
    insert() {
      const variable = this.$el.closest('[data-insert]')?.dataset['insert'] ?? ''
      const field = last ?? this.$root.querySelector('textarea')
      field.setRangeText(variable, field.selectionStart, field.selectionEnd, 'end')
      field.focus()
      field.dispatchEvent(new Event('input', { bubbles: true }))
    },
  }
}

/** @returns {target is HTMLInputElement | HTMLTextAreaElement} */
function isText(/** @type {EventTarget | null} */ target) {
  return target instanceof HTMLElement && target.matches('[data-insertable]')
}

async function preview(/** @type {HTMLFormElement} */ form, /** @type {AbortSignal} */ signal) {
  const place = document.getElementById('preview')
  const address = form.dataset['preview']
  if (place === null || address === undefined) return
  const fields = new URLSearchParams()
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.append(name, value)
  try {
    const answer = await fetch(address, { method: 'POST', body: fields, signal })
    if (answer.ok) place.innerHTML = await answer.text()
  } catch {
    // The next key asks again; the button works without.
  }
}
