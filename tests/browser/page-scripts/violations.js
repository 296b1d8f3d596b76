// Needs axe in the page, and `axeRules`: null for all. One line a rule that is broken, with where.
axe
  .run(axeRules === null ? {} : { runOnly: axeRules })
  .then(({ violations }) =>
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 140)).join(' | ')}`),
  )
