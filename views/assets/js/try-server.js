// @ts-check

/**
 * The form for a new server: a connection test changes only the part named in `data-part`, so that what was typed,
 * the password too, stays for adding it. Without script the page is loaded anew and the password typed again.
 */
export function tryServer() {
  return {
    /** @this {any} */
    async send() {
      const event = /** @type {SubmitEvent} */ (this.$event)
      const form = event.target
      const button = /** @type {HTMLButtonElement | null} */ (event.submitter)
      if (!(form instanceof HTMLFormElement) || button === null || button.value === 'add') return
      event.preventDefault()
      const body = new URLSearchParams()
      for (const [name, value] of new FormData(form, button)) body.append(name, String(value))
      const part = document.getElementById(form.dataset['part'] ?? '')
      button.classList.add('is-busy')
      button.disabled = true
      try {
        const answer = await fetch(form.action, { method: 'POST', body })
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
        const next = part === null ? null : fresh.getElementById(part.id)
        // Signed out, or a field with a fault: the whole page says it.
        if (next === null || answer.status !== 200) form.submit()
        else part?.replaceChildren(...next.childNodes)
      } finally {
        button.disabled = false
        button.classList.remove('is-busy')
      }
    },
  }
}
