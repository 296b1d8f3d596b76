import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder with `package.json` and `views`: the same whether modules run one by one or joined in `dist`. */
export const PROJECT_ROOT: string = above(dirname(fileURLToPath(import.meta.url)))

function above(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const next = dirname(folder)
  if (next === folder)
    throw new Error('There is no package.json above this program: it was installed in part.')
  return above(next)
}
