// @ts-check

/**
 * A button that copies `data-text`, or the text of the element `data-from` names, a line for each entry of a list. Where there is no clipboard
 * (plain http), the text is selected so that the keyboard can.
 */
export function copyText() {
  return {
    /** @this {any} */
    async copy() {
      /** @type {HTMLElement} */
      const button = this.$el.closest('[data-script]')
      const source = button.dataset['from'] ? document.getElementById(button.dataset['from']) : null
      const text = button.dataset['text'] ?? (source === null ? '' : textOf(source))
      const copied = await toClipboard(text)
      if (!copied && source !== null) getSelection()?.selectAllChildren(source)
      const said = copied ? button.dataset['done'] : button.dataset['failed']
      const label = button.querySelector('[data-label]')
      if (label === null || !said) return
      const before = label.textContent
      label.textContent = said
      label.setAttribute('role', 'status')
      setTimeout(() => {
        label.textContent = before
      }, 2000)
    },
  }
}

function textOf(/** @type {HTMLElement} */ source) {
  if (source.tagName !== 'OL') return source.textContent ?? ''
  const parts = (/** @type {Element} */ entry) => [...entry.children].map((part) => part.textContent?.trim())
  return [...source.children].map((entry) => parts(entry).join(' ')).join('\n')
}

async function toClipboard(/** @type {string} */ text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyByCommand(text)
  }
}

/** The old way still works on plain http in a home network. */
function copyByCommand(/** @type {string} */ text) {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'sr'
  document.body.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  return copied
}
