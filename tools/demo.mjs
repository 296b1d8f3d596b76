// `npm run demo`: the real server on a temporary database with half a year of made-up history.
process.argv.splice(2, 0, 'tests/support/demo.ts')
await import('./run.mjs')
