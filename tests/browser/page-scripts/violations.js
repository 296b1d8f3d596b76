// Needs axe in the page. One line a rule that is broken, with where.
axe
  .run()
  .then(({ violations }) =>
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 140)).join(' | ')}`),
  )
