// @ts-check

let isWatching = false
let isChanged = false

/** Something in a form of settings was changed: whoever leaves without saving is asked first. */
export function keepChanges() {
  isChanged = true
  if (isWatching) return
  isWatching = true
  document.addEventListener('submit', () => {
    isChanged = false
  })
  addEventListener('beforeunload', (event) => {
    if (isChanged) event.preventDefault()
  })
}
