// @ts-check

/**
 * A form that asks before it acts: `data-question`, `data-yes`, `data-no`. The server asks again for what cannot
 * be undone, so nothing depends on this script.
 */
export function confirmFirst() {
  return {
    /** @this {any} */
    async ask() {
      /** @type {HTMLFormElement} */
      const form = this.$root
      const event = /** @type {SubmitEvent} */ (this.$event)
      if (form.dataset['agreed'] === 'yes') return
      event?.preventDefault()
      if (!(await agrees(form))) return
      form.dataset['agreed'] = 'yes'
      form.requestSubmit(/** @type {HTMLElement | null} */ (event?.submitter) ?? undefined)
    },
  }
}

/** @returns {Promise<boolean>} */
function agrees(/** @type {HTMLFormElement} */ form) {
  const dialog = document.createElement('dialog')
  const question = document.createElement('p')
  const acts = document.createElement('form')
  question.textContent = form.dataset['question'] ?? ''
  acts.method = 'dialog'
  acts.className = 'acts'
  acts.append(button('no', form.dataset['no'] ?? '', ''), button('yes', form.dataset['yes'] ?? '', 'primary'))
  dialog.append(question, acts)
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
  })
}

function button(/** @type {string} */ value, /** @type {string} */ label, /** @type {string} */ kind) {
  const made = document.createElement('button')
  made.value = value
  made.textContent = label
  made.className = kind
  return made
}
