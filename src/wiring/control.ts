import { Failure } from '../domain/failure.ts'
import { changeUser, endOtherSessions, userNamed } from '../domain/people.ts'
import { text } from '../domain/text.ts'
import { randomName } from '../kit/ids.ts'
import type { Store } from '../store/store-shape.ts'
import type { Command } from '../web/control-door.ts'
import { hashPassword } from '../web/password.ts'

/** Below the data folder, in the part that no backup takes and every start empties. */
export const controlFile = 'tmp/control'

/** The commands of `cli.ts`; they run inside the process that has the folder. */
export function commands(house: {
  store: Store
  /** Brings in the database of the reference product. */
  take(file: string, keyFile: string | undefined): Promise<string>
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
      return house.take(file, keyFile)
    },
    'reset-password': async ([name = '']) => {
      const user = userNamed(store.state(), name)
      if (user === null)
        throw new Failure('not-found', text('users.no-such-name', { name, names: namesOf(store) }))
      const password = `${randomName(4)}-${randomName(4)}-${randomName(4)}-K7`
      const passwordHash = await hashPassword(password)
      await store.change((state) =>
        endOtherSessions(
          changeUser(state, user.id, { passwordHash, mustChangePassword: true, disabled: false }),
          user.id,
          null,
        ),
      )
      return `New password of ${user.name}: ${password}\nIt must be changed at the next sign-in.`
    },
  }
}

function namesOf(store: Store): string {
  return Object.values(store.state().users)
    .map((user) => user.name)
    .join(', ')
}
