import type { ManagePeople } from '../actions/manage-people.ts'
import { Failure } from '../domain/failure.ts'
import { userNamed } from '../domain/people.ts'
import { type Text, text } from '../domain/text.ts'
import type { Words } from '../domain/words.ts'
import type { Store } from '../store/store-shape.ts'
import type { Command } from '../web/control-door.ts'

/** Below the data folder, in the part that no backup takes and every start empties. */
export const controlFile = 'tmp/control'

/** Whoever may read the data folder, in the audit log. */
const OWNER = { who: 'command line', from: 'this machine' }

/** The commands of `cli.ts`; they run inside the process that has the folder. */
export function commands(house: {
  store: Store
  people: ManagePeople
  /** Forgets wrong tries: who lost a password has made many. */
  forgive(): void
  /** Brings in the database of the reference product: what came, and what did not. */
  take(file: string, keyFile: string | undefined): Promise<readonly Text[]>
  words: Words
}): Readonly<Record<string, Command>> {
  const { store } = house
  return {
    hold: async () => {
      await store.hold()
      return 'Holding: no file vanishes until release, or for two hours.'
    },
    release: async () => {
      await store.release()
      return 'Released.'
    },
    import: async ([file, keyFile]) => {
      if (file === undefined) throw new Failure('invalid', text('import.nothing-chosen'))
      return (await house.take(file, keyFile)).map((said) => house.words.say(said)).join('\n')
    },
    'reset-password': async ([name = '']) => {
      const user = userNamed(store.state(), name)
      if (user === null)
        throw new Failure('not-found', text('users.no-such-name', { name, names: namesOf(store) }))
      if (user.disabled) await house.people.changeUser(user.id, { disabled: false }, OWNER)
      const password = await house.people.resetPassword(user.id, OWNER)
      house.forgive()
      return `New password of ${user.name}: ${password}\nIt must be changed at the next sign-in.`
    },
  }
}

function namesOf(store: Store): string {
  return Object.values(store.state().users)
    .filter((user) => user.homeAssistantId === null)
    .map((user) => user.name)
    .join(', ')
}
