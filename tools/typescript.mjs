// `node --import=./tools/typescript.mjs`: lets Node read the TypeScript of the project as it stands. tap starts every
// test file with it, since its own way transpiles all of src anew for each of them.
import { register } from 'node:module'

register('./typescript-hooks.mjs', import.meta.url)
