// @ts-check
// <main data-fragment="address of the fragment">: asks for its content again whenever something was saved.

const POLL_MS = 2_000
const HELLO_WITHIN_MS = 5_000
const TOGETHER_MS = 250

export function followLive() {
  const root = /** @type {HTMLElement | null} */ (document.querySelector('[data-fragment]'))
  const events = document.documentElement.dataset['events']
  if (!events) return
  if (root === null) {
    if (document.querySelector('.side') !== null)
      import('./new-servers.js').then(({ watchServers }) => watchServers(events))
    return
  }
  const page = new LivePage(root, events)
  document.addEventListener('click', (event) => onClick(page, event))
  document.querySelector('[data-updated]')?.setAttribute('datetime', new Date().toISOString())
  page.resume(false)
  document.addEventListener('visibilitychange', () => (document.hidden ? page.pause() : page.resume(true)))
  document.addEventListener('ds:refresh', () => page.refresh())
  addEventListener('online', () => page.resume(true))
}

const isOff = () => sessionStorage.getItem('ds-live') === 'off'

function onClick(/** @type {LivePage} */ page, /** @type {MouseEvent} */ event) {
  if (!(event.target instanceof Element)) return
  if (event.target.closest('[data-refresh]') !== null) page.refresh()
  if (event.target.closest('[data-live-switch]') === null) return
  sessionStorage.setItem('ds-live', isOff() ? 'on' : 'off')
  page.resume(true)
}

/** Says what the connection does; the strip about a lost one blocks nothing. */
function showConnection(/** @type {'live' | 'polling' | 'lost' | 'off'} */ state) {
  const status = /** @type {HTMLElement | null} */ (document.querySelector('.live'))
  const strip = document.getElementById('offline')
  if (strip !== null) strip.hidden = state !== 'lost'
  if (status === null || status.dataset['state'] === state) return
  status.dataset['state'] = state
  status.querySelector('[data-live-switch]')?.setAttribute('aria-pressed', String(state !== 'off'))
  const words = status.querySelector('[data-words]')
  if (words !== null) words.textContent = status.dataset[state] ?? ''
}

class LivePage {
  /** @type {EventSource | null} */ source = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */ soon
  /** @type {ReturnType<typeof setTimeout> | undefined} */ poll
  /** @type {ReturnType<typeof setTimeout> | undefined} */ hello
  etag = ''
  busy = false
  /** What the page shows has no events of its own: `data-poll` in it. */
  asks = false

  constructor(/** @type {HTMLElement} */ root, /** @type {string} */ events) {
    this.root = root
    this.events = events
  }

  listen() {
    this.asks = this.root.querySelector('[data-poll]') !== null
    if (this.asks) return this.pollInstead()
    this.source = new EventSource(this.events)
    this.source.addEventListener('hello', () => this.heard())
    const long = this.root.querySelector('[data-task]') === null ? [] : ['progress']
    for (const name of ['run-recorded', 'state-changed', 'live-status', ...long])
      this.source.addEventListener(name, () => this.refreshSoon())
    if (document.querySelector('.side') !== null)
      this.source.addEventListener('server-added', async (event) => {
        const { sayServer } = await import('./new-servers.js')
        sayServer(event)
      })
    this.source.addEventListener('error', () => this.pollInstead())
    this.hello = setTimeout(() => this.pollInstead(), HELLO_WITHIN_MS)
  }

  heard() {
    const wasPolling = this.poll !== undefined
    clearTimeout(this.hello)
    clearTimeout(this.poll)
    this.poll = undefined
    showConnection('live')
    if (wasPolling) this.refresh()
  }

  /** Events fail, or a proxy keeps them: ask every two seconds until they come through. */
  pollInstead() {
    if (this.poll !== undefined || document.hidden) return
    const again = async () => {
      await this.refresh()
      if (this.poll !== undefined) this.poll = setTimeout(again, POLL_MS)
    }
    this.poll = setTimeout(again, 0)
  }

  pause() {
    this.source?.close()
    for (const timer of [this.hello, this.poll, this.soon]) clearTimeout(timer)
    this.poll = undefined
    this.soon = undefined
  }

  resume(/** @type {boolean} */ andRefresh) {
    this.pause()
    if (isOff()) return showConnection('off')
    this.listen()
    if (andRefresh) this.refresh()
  }

  refreshSoon() {
    // Not put off by the next one: where events never end there would be no refresh.
    this.soon ??= setTimeout(() => {
      this.soon = undefined
      this.refresh()
    }, TOGETHER_MS)
  }

  async refresh() {
    if (this.busy) return this.refreshSoon()
    this.busy = true
    try {
      /** @type {Record<string, string>} */
      const headers = this.etag === '' ? {} : { 'If-None-Match': this.etag }
      const answer = await fetch(this.root.dataset['fragment'] ?? '', { headers, cache: 'no-store' })
      if (answer.status === 401 || answer.redirected) location.reload()
      if (answer.status >= 500) throw new Error(String(answer.status))
      if (answer.status === 200) {
        // Only now: an import that fails while offline would fail for ever.
        const { freshen } = await import('./freshen.js')
        await freshen(this.root, await answer.text())
        this.etag = answer.headers.get('ETag') ?? ''
      }
      showConnection(isOff() ? 'off' : this.poll === undefined || this.asks ? 'live' : 'polling')
      document.querySelector('[data-updated]')?.setAttribute('datetime', new Date().toISOString())
    } catch {
      showConnection('lost')
      this.pollInstead()
    } finally {
      this.busy = false
    }
  }
}
