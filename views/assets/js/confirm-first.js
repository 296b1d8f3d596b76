// @ts-check

/** A form that asks before it acts, where the button says what in `data-confirm`; `data-no` is the way out. */
export function confirmFirst() {
  return {
    /** @this {any} */
    async ask(/** @type {SubmitEvent} */ event) {
      /** @type {HTMLFormElement} */
      const form = this.$root
      const { submitter } = event
      const question = submitter?.dataset['confirm'] ?? ''
      if (question === '' || form.dataset['agreed'] === 'yes') return
      event.preventDefault()
      if (!(await agrees(question, submitter, form.dataset['no'] ?? ''))) return
      form.dataset['agreed'] = 'yes'
      form.requestSubmit(submitter)
      // Whoever comes back to this page is asked again.
      delete form.dataset['agreed']
    },
  }
}

/**
 * @param {string} text
 * @param {HTMLElement | null} yes the button that was pressed: the dialog names and colours the same
 * @param {string} no
 * @returns {Promise<boolean>}
 */
function agrees(text, yes, no) {
  const dialog = document.createElement('dialog')
  const question = document.createElement('p')
  const acts = document.createElement('form')
  question.textContent = text
  dialog.setAttribute('aria-label', text)
  acts.method = 'dialog'
  acts.className = 'acts'
  acts.append(
    button('no', no, ''),
    button('yes', yes?.textContent ?? '', yes?.classList.contains('danger') ? 'danger' : 'primary'),
  )
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
