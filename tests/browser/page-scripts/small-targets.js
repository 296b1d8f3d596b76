// Links and controls that a thumb would miss: less than 44 px high where nothing beside them takes the touch.
// Links inside a sentence, in breadcrumbs, logs and the footer may be smaller (WCAG 2.5.8, inline exception).
;(() => {
  const found = []
  const reach = 21
  for (const target of document.querySelectorAll(
    'main :is(a, button, select, summary, input), .bar :is(a, button, summary, input)',
  )) {
    const own = target.closest('.seg label, .days label') ?? target
    const isFree =
      target.closest('.sr, [hidden], .skip, .log, .crumb, .prose, p, h1, h2, h3, li > div') !== null
    if (isFree && !target.closest('.acts')) continue
    if (target.closest('.wide') !== null || target.matches('[type=hidden]')) continue
    // What is folded away has a box, and nobody can touch it.
    if (own.getBoundingClientRect().height === 0 || !own.checkVisibility()) continue
    own.scrollIntoView({ block: 'center' })
    const box = own.getBoundingClientRect()
    const x = box.left + box.width / 2
    const y = box.top + box.height / 2
    const hits = [-reach, reach].every((off) => {
      const at = document.elementFromPoint(x, y + off)
      return at !== null && (own.contains(at) || at.closest('form.search') === own.closest('form.search'))
    })
    if (!hits) found.push(`${Math.round(box.width)}x${Math.round(box.height)} ${own.outerHTML.slice(0, 110)}`)
  }
  return found.slice(0, 8)
})()
