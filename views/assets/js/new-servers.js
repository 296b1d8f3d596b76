// @ts-check
// Pages of settings: a server that reports for the first time is said, and comes into the lists (`data-servers`).

import { prepare } from './app.js'
import { morph } from './morph.js'

/** For pages that do not follow everything: what somebody is typing there must stay. */
export function watchServers(/** @type {string} */ events) {
  /** @type {EventSource | null} */
  let source = null
  const listen = () => {
    source = new EventSource(events)
    source.addEventListener('server-added', async (event) => {
      sayServer(event)
      await takeIn()
    })
  }
  document.addEventListener('visibilitychange', () => {
    source?.close()
    if (document.hidden) return
    listen()
    takeIn()
  })
  if (!document.hidden) listen()
}

/** The sentence comes ready from the server, in the words of who looks. */
export function sayServer(/** @type {MessageEvent} */ event) {
  for (const old of document.querySelectorAll('.tray')) old.remove()
  const tray = document.createElement('div')
  tray.className = 'tray'
  tray.setAttribute('role', 'status')
  const words = document.createElement('p')
  words.textContent = String(JSON.parse(event.data).sentence)
  tray.append(words)
  document.querySelector('header.bar')?.after(tray)
}

/** The lists as they are now; where somebody is changing a row they stay as they are until that is done. */
async function takeIn() {
  const lists = [...document.querySelectorAll('[data-servers][id]')]
  if (lists.length === 0 || document.querySelector('tr.edit, [aria-invalid=true]') !== null) return
  const answer = await fetch(location.href, { cache: 'no-store' }).catch(() => null)
  if (answer === null || !answer.ok || answer.redirected) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const list of lists) {
    const next = fresh.getElementById(list.id)
    if (next === null) continue
    await prepare(next)
    morph(list, next)
  }
  document.dispatchEvent(new CustomEvent('ds:replaced'))
}
