// @ts-check
// Makes an element like another one by changing only what differs: scroll, focus, open menus and typed text stay.

/** Attributes that the visitor or a behaviour owns while the page is open. */
const THEIRS = new Set(['open', 'data-state', 'aria-expanded'])

export function morph(/** @type {Element} */ old, /** @type {Element} */ fresh) {
  if (old.hasAttribute('data-keep')) return
  likeAttributes(old, fresh)
  if (old === document.activeElement && old.matches('input, textarea, select')) return
  likeChildren(old, fresh)
}

function likeAttributes(/** @type {Element} */ old, /** @type {Element} */ fresh) {
  for (const { name, value } of [...fresh.attributes])
    if (!THEIRS.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value)
  for (const { name } of [...old.attributes])
    if (!THEIRS.has(name) && !fresh.hasAttribute(name) && !isAlpines(old, name)) old.removeAttribute(name)
}

/** Filtered rows are hidden by a behaviour, not by the server. */
function isAlpines(/** @type {Element} */ old, /** @type {string} */ name) {
  return name === 'hidden' && old.hasAttribute('data-filtered')
    ? true
    : name === 'data-filtered' || name === 'style'
}

function likeChildren(/** @type {Element} */ old, /** @type {Element} */ fresh) {
  const named = new Map()
  for (const child of old.children) if (child.id !== '') named.set(child.id, child)
  /** @type {ChildNode | null} */
  let place = old.firstChild
  for (const wanted of [...fresh.childNodes]) {
    const id = wanted instanceof Element ? wanted.id : ''
    const match = id !== '' ? (named.get(id) ?? null) : isLike(place, wanted) ? place : null
    if (match === null) {
      old.insertBefore(document.importNode(wanted, true), place)
      continue
    }
    if (match === place) place = place?.nextSibling ?? null
    else old.insertBefore(match, place)
    if (match instanceof Element && wanted instanceof Element) morph(match, wanted)
    else if (match.nodeValue !== wanted.nodeValue) match.nodeValue = wanted.nodeValue
  }
  while (place !== null) {
    const gone = place
    place = place.nextSibling
    if (!(gone instanceof Element && gone.hasAttribute('data-keep'))) gone.remove()
  }
}

/** The same kind of node, and not one that stands somewhere else by its id. */
function isLike(/** @type {ChildNode | null} */ one, /** @type {ChildNode} */ other) {
  if (one === null || one.nodeType !== other.nodeType || one.nodeName !== other.nodeName) return false
  return !(one instanceof Element) || one.id === ''
}
