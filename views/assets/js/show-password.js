// @ts-check

/** The button beside a password that shows it, and hides it again. A form that is sent hides it too. */
export function showPassword() {
  return {
    /** @this {any} */
    init() {
      const input = this.$root.querySelector('input')
      input?.form?.addEventListener('submit', () => {
        input.type = 'password'
      })
    },
    /** @this {any} */
    turn() {
      const input = this.$root.querySelector('input')
      const button = this.$root.querySelector('button')
      const shows = input.type === 'password'
      input.type = shows ? 'text' : 'password'
      button.setAttribute('aria-pressed', String(shows))
      button.querySelector('use')?.setAttribute('href', iconOf(button, shows ? 'eye-off' : 'eye'))
      input.focus()
    },
  }
}

function iconOf(/** @type {Element} */ button, /** @type {string} */ name) {
  const sprite = button.querySelector('use')?.getAttribute('href')?.split('#')[0] ?? ''
  return `${sprite}#${name}`
}
