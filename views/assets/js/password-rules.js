// @ts-check

/** What a new password needs, each rule marked as it is met. The server asks the same again. */
export function passwordRules() {
  return {
    /** Somebody may have begun to type before this was loaded. @this {any} */
    init() {
      this.check()
    },

    /** @this {any} */
    check() {
      /** @type {HTMLFormElement} */
      const form = this.$root
      const [fresh = '', again = ''] = ['password', 'again'].map((name) => typedIn(form, name))
      for (const rule of form.querySelectorAll('[data-rule]')) {
        if (!(rule instanceof HTMLElement)) continue
        const isMet = meets(fresh, again, rule.dataset['rule'] ?? '', Number(form.dataset['min']))
        rule.classList.toggle('is-met', isMet)
        const said = rule.querySelector('[data-met]')
        if (said instanceof HTMLElement) said.hidden = !isMet
      }
    },
  }
}

function typedIn(/** @type {HTMLFormElement} */ form, /** @type {string} */ name) {
  const field = form.elements.namedItem(name)
  return field instanceof HTMLInputElement ? field.value : ''
}

/**
 * The same rules as `passwordFaults` in the domain.
 * @param {string} fresh
 * @param {string} again
 * @param {string} rule
 * @param {number} least
 */
function meets(fresh, again, rule, least) {
  if (rule === 'length') return [...fresh].length >= least
  if (rule === 'upper') return /\p{Lu}/u.test(fresh)
  if (rule === 'lower') return /\p{Ll}/u.test(fresh)
  if (rule === 'digit') return /\p{Nd}/u.test(fresh)
  return fresh !== '' && fresh === again
}
