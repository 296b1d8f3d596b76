// Needs axe in the page, and `axeOptions`. One line a rule that is broken, with where.
axe
  .run(axeOptions)
  .then(({ violations }) =>
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 140)).join(' | ')}`),
  )
