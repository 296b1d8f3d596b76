import { Failure } from '../domain/failure.ts'
import {
  changeUser,
  endOtherSessions,
  endSession,
  isUserName,
  passwordFaults,
  passwordPolicy,
  removeUser,
  userNamed,
} from '../domain/people.ts'
import type { AccessToken, State, User } from '../domain/state.ts'
import type { Text } from '../domain/text.ts'
import { text } from '../domain/text.ts'
import type { Clock } from '../kit/clock.ts'
import { madePassword, newId, randomName, sha256 } from '../kit/ids.ts'
import type { AuditLine, Doer } from './actor.ts'

export interface PeopleNeeds {
  readonly clock: Clock
  state(): State
  change(step: (state: State) => State): Promise<State>
  hash(password: string): Promise<string>
  isPassword(hash: string | null, password: string): Promise<boolean>
  audit(line: AuditLine): Promise<void>
}

export interface NewToken {
  readonly name: string
  readonly scopes: AccessToken['scopes']
  readonly serverId: string | null
  readonly expiresAt: string | null
}

export type UserChange = Partial<Pick<User, 'role' | 'disabled' | 'name' | 'mustChangePassword'>>

/** Users, their passwords and sessions, and access tokens. Every act is written into the audit log. */
export interface ManagePeople {
  /** Needs the old password; ends the user's other sessions. Throws Failure with the field at fault. */
  changeOwnPassword(
    user: User,
    keepSession: string | null,
    old: string,
    fresh: string,
    by: Doer,
  ): Promise<void>
  /** An empty password has one made: it is given, to be shown once; else null. */
  addUser(name: string, role: User['role'], password: string, by: Doer): Promise<string | null>
  /** Throws Failure with the field at fault. */
  changeUser(id: string, change: UserChange, by: Doer): Promise<void>
  /** A password made for a user, shown once; must be changed at the next sign-in. */
  resetPassword(id: string, by: Doer): Promise<string>
  removeUser(id: string, by: Doer): Promise<void>
  endSession(id: string, by: Doer): Promise<void>
  /** Gives the token itself, shown once; only its hash is kept. */
  addToken(token: NewToken, by: Doer): Promise<string>
  removeToken(id: string, by: Doer): Promise<void>
}

export function managePeople(needs: PeopleNeeds): ManagePeople {
  const done = (
    by: Doer,
    action: string,
    target: string,
    changes?: Record<string, readonly [unknown, unknown]>,
  ) => needs.audit({ action, ...by, result: 'done', target, ...(changes === undefined ? {} : { changes }) })

  return {
    async changeOwnPassword(user, keepSession, old, fresh, by) {
      if (!(await needs.isPassword(user.passwordHash, old))) {
        await needs.audit({ action: 'password.change', ...by, result: 'refused', target: user.name })
        throw new Failure('invalid', text('account.password.wrong'), { field: 'old' })
      }
      refuseWeak(needs, fresh)
      const passwordHash = await needs.hash(fresh)
      await needs.change((state) =>
        endOtherSessions(
          changeUser(state, user.id, { passwordHash, mustChangePassword: false }),
          user.id,
          keepSession,
        ),
      )
      await done(by, 'password.change', user.name)
    },

    async addUser(name, role, password, by) {
      const clean = userName(name)
      const made = password === '' ? madePassword() : null
      if (made === null) refuseWeak(needs, password)
      const user: User = {
        id: newId('usr'),
        name: clean,
        role,
        passwordHash: await needs.hash(made ?? password),
        mustChangePassword: true,
        createdAt: needs.clock.now().toISOString(),
        lastSignInAt: null,
        disabled: false,
        homeAssistantId: null,
        preferences: {},
      }
      await needs.change((state) => {
        refuseTaken(state, clean, null)
        return { ...state, users: { ...state.users, [user.id]: user } }
      })
      await done(by, 'user.add', clean, { role: [null, role] })
      return made
    },

    async changeUser(id, change, by) {
      const before = ownUser(needs.state(), id)
      const wanted = change.name === undefined ? change : { ...change, name: userName(change.name) }
      const changes = Object.entries(wanted)
        .map(([key, value]) => [key, [before[key as keyof User], value] as const] as const)
        .filter(([, [old, fresh]]) => old !== fresh)
      if (changes.length === 0) return
      await needs.change((state) => {
        if (wanted.name !== undefined) refuseTaken(state, wanted.name, id)
        return changeUser(state, id, wanted)
      })
      await done(by, 'user.change', before.name, Object.fromEntries(changes))
    },

    async resetPassword(id, by) {
      ownUser(needs.state(), id)
      const password = madePassword()
      const passwordHash = await needs.hash(password)
      await needs.change((state) =>
        endOtherSessions(changeUser(state, id, { passwordHash, mustChangePassword: true }), id, null),
      )
      await done(by, 'password.reset', needs.state().users[id]?.name ?? id)
      return password
    },

    async removeUser(id, by) {
      const name = needs.state().users[id]?.name ?? id
      await needs.change((state) => removeUser(state, id))
      await done(by, 'user.remove', name)
    },

    async endSession(id, by) {
      await needs.change((state) => endSession(state, id))
      await done(by, 'session.end', id.slice(0, 8))
    },

    async addToken(token, by) {
      const name = token.name.trim().slice(0, 100)
      if (name === '') throw new Failure('invalid', text('tokens.name-missing'), { field: 'name' })
      if (token.scopes.length === 0)
        throw new Failure('invalid', text('tokens.scope-missing'), { field: 'scopes' })
      // 160 bits in letters that survive an address bar, a shell and a phone call.
      const secret = `ds_${randomName(32)}`
      const id = newId('tok')
      const createdAt = needs.clock.now().toISOString()
      const kept: AccessToken = { ...token, id, name, hash: sha256(secret), createdAt, lastUsedAt: null }
      await needs.change((state) => ({ ...state, tokens: { ...state.tokens, [id]: kept } }))
      await done(by, 'token.add', name, { scopes: [null, token.scopes] })
      return secret
    },

    async removeToken(id, by) {
      const name = needs.state().tokens[id]?.name ?? id
      await needs.change((state) => {
        const { [id]: gone, ...tokens } = state.tokens
        if (gone === undefined || !Object.hasOwn(state.tokens, id))
          throw new Failure('not-found', text('tokens.gone'))
        return { ...state, tokens }
      })
      await done(by, 'token.remove', name)
    },
  }
}

/** Who comes through Home Assistant is kept there. */
function ownUser(state: State, id: string): User {
  const user = Object.hasOwn(state.users, id) ? state.users[id] : undefined
  if (user === undefined) throw new Failure('not-found', text('users.gone'))
  if (user.homeAssistantId !== null) throw new Failure('forbidden', text('account.from-home-assistant'))
  return user
}

/** @throws Failure `invalid` */
function userName(typed: string): string {
  const name = typed.trim()
  if (!isUserName(name)) throw new Failure('invalid', text('users.name-refused'), { field: 'name' })
  return name
}

/** Names are found without regard to case: two who sign in here never share one. */
function refuseTaken(state: State, name: string, id: string | null): void {
  const other = userNamed(state, name)
  if (other !== null && other.id !== id)
    throw new Failure('conflict', text('users.name-taken', { name }), { field: 'name' })
}

function refuseWeak(needs: PeopleNeeds, password: string): void {
  const faults: readonly Text[] = passwordFaults(password, passwordPolicy(needs.state()))
  const [first] = faults
  if (first !== undefined) throw new Failure('invalid', first, { field: 'password' })
}
