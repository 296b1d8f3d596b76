import type { State, User } from '../../../domain/state.ts'
import { compare, type SortColumn } from '../../sort-jobs.ts'
import type { Visit } from '../../visit.ts'

const PATH = '/settings/users'

const KEYS: ReadonlyMap<string, (user: User) => string | null> = new Map([
  ['name', (user: User) => user.name],
  ['role', (user: User) => user.role],
  ['since', (user: User) => user.createdAt],
  ['last', (user: User) => user.lastSignInAt],
])

export interface UserLine extends Omit<User, 'passwordHash' | 'preferences'> {
  readonly isSelf: boolean
  /** Here, with a password, and allowed to change everything: losing one is worth a question. */
  readonly isKeeper: boolean
}

export interface UserList {
  readonly users: readonly UserLine[]
  readonly columns: readonly SortColumn[]
  readonly query: { readonly q: string; readonly sort: string; readonly dir: string; readonly edit: string }
  /** How many would be left to change everything without one of them. */
  readonly othersLeft: number
}

/** The users that `?q=` finds by name, sorted by `?sort=&dir=`; who never signed in stands last whichever way. */
export function userList(state: State, query: Readonly<Record<string, string>>, visit: Visit): UserList {
  const { q = '' } = query
  const by = KEYS.has(query['sort'] ?? '') ? (query['sort'] ?? 'name') : 'name'
  const isDown = query['dir'] === undefined ? by === 'last' : query['dir'] === 'down'
  const key = KEYS.get(by) ?? (() => null)
  const all = Object.values(state.users)
  const found = all
    .filter((user) => user.name.toLowerCase().includes(q.trim().toLowerCase()))
    .sort((one, other) => compare(key(one), key(other), isDown) || one.name.localeCompare(other.name))
  return {
    users: found.map(({ passwordHash, preferences, ...user }) => ({
      ...user,
      isSelf: user.id === visit.user?.id,
      isKeeper: isKeeper(user, passwordHash),
    })),
    columns: [...KEYS.keys()].map((name) => ({
      name,
      label: visit.words.say(`users.${name}`),
      href: visit.link(PATH, {
        q,
        sort: name,
        dir: (by === name ? !isDown : name === 'last') ? 'down' : 'up',
      }),
      sorted: by !== name ? '' : isDown ? 'descending' : 'ascending',
    })),
    query: { q, sort: query['sort'] ?? '', dir: query['dir'] ?? '', edit: query['edit'] ?? '' },
    othersLeft: all.filter((user) => isKeeper(user, user.passwordHash)).length - 1,
  }
}

function isKeeper(user: Pick<User, 'role' | 'disabled'>, passwordHash: string | null): boolean {
  return user.role === 'administrator' && !user.disabled && passwordHash !== null
}
