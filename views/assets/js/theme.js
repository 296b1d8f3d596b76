// @ts-check

/** Buttons of the theme menu: at once here, and saved for the next page by the form they belong to. */
export function theme() {
  return {
    /** @this {any} */
    choose() {
      const button = /** @type {HTMLButtonElement} */ (this.$el)
      const form = button.form
      const chosen = button.value
      document.documentElement.dataset['theme'] = chosen
      for (const other of form?.querySelectorAll('button[name=theme]') ?? [])
        other.setAttribute('aria-pressed', String(other === button))
      if (form === null) return
      const body = new URLSearchParams({ theme: chosen, next: '/' })
      fetch(form.action, { method: 'POST', body, redirect: 'manual' })
    },
  }
}
