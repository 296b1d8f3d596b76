import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { KEY_FILE, openSealer } from '../../src/kit/seal.ts'
import { freshFolder } from '../support/open-store.ts'

t.test(
  'A secret is sealed with a key of its own file, for the owner alone, and opens again after a restart',
  async (t) => {
    const dir = await freshFolder(t)
    const first = await openSealer(dir)
    t.equal(first.isFresh, true)
    const sealed = first.seal('pässword 🦆')
    t.notMatch(sealed, /ssword/)
    t.not(first.seal('pässword 🦆'), sealed, 'never twice the same')
    t.equal((await stat(join(dir, KEY_FILE))).mode & 0o777, 0o600)
    const second = await openSealer(dir)
    t.equal(second.isFresh, false)
    t.equal(second.open(sealed), 'pässword 🦆')
    t.same(await readdir(dir), [KEY_FILE])
  },
)

t.test('A changed or lost key is noticed: nothing opens, and nothing throws', async (t) => {
  const dir = await freshFolder(t)
  const sealed = (await openSealer(dir)).seal('secret')
  const key = await readFile(join(dir, KEY_FILE), 'utf8')
  await rm(join(dir, KEY_FILE))
  const lost = await openSealer(dir)
  t.equal(lost.isFresh, true)
  t.equal(lost.open(sealed), null)
  await writeFile(join(dir, KEY_FILE), key.slice(0, 10))
  const damaged = await openSealer(dir)
  t.equal(damaged.isFresh, true)
  t.equal(
    await readFile(join(dir, `${KEY_FILE}.unreadable`), 'utf8'),
    key.slice(0, 10),
    'what stood there is kept',
  )
  await writeFile(join(dir, KEY_FILE), key)
  t.equal((await openSealer(dir)).open(sealed), 'secret')
})

t.test('A sealed text that was tampered with does not open', async (t) => {
  const sealer = await openSealer(await freshFolder(t))
  const sealed = sealer.seal('secret')
  const [iv = '', tag = '', text = ''] = sealed.split('.')
  const other = sealer.seal('other').split('.')
  for (const odd of [
    '',
    'a.b.c',
    `${iv}.${tag}`,
    `${iv}.${tag}.${other[2]}`,
    `${other[0]}.${tag}.${text}`,
    `.${tag}.${text}`,
  ]) {
    t.equal(sealer.open(odd), null, odd)
  }
  t.equal(sealer.open(sealer.seal('')), '')
})

t.test('A key that cannot be read stops the start', async (t) => {
  const dir = await freshFolder(t)
  const { mkdir } = await import('node:fs/promises')
  await mkdir(join(dir, KEY_FILE))
  await t.rejects(openSealer(dir), { code: 'EISDIR' })
  await t.rejects(openSealer(join(dir, 'nowhere')), { code: 'ENOENT' })
})
