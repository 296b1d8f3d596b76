import { managePeople } from '../actions/manage-people.ts'
import { signIn } from '../actions/sign-in.ts'
import { FIRST_USER } from '../domain/people.ts'
import type { State, User } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import { newId } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import type { Store } from '../store/store-shape.ts'
import type { Actions, AuditEntry } from '../web/house.ts'
import { hashPassword, isPassword, WELL_KNOWN_HASH } from '../web/password.ts'
import { createSignInGuard } from '../web/sign-in-guard.ts'

/** Users, sign-in and the audit log. Makes the first user where there is none. */
export async function people(house: {
  store: Store
  clock: Clock
  log: Log
  adminPassword: string
}): Promise<Pick<Actions, 'signIn' | 'audit' | 'people'>> {
  const { store, clock, log } = house
  await addFirstUser(store, clock, house.adminPassword)
  const audit = async (entry: AuditEntry): Promise<void> => {
    try {
      await store.journal('audit').append({ at: clock.now().toISOString(), ...entry })
    } catch (error) {
      log.error(`The audit log could not take "${entry.action}" by ${entry.who}`, { error })
    }
  }
  const guard = createSignInGuard(clock.elapsedMs)
  const known = { clock, state: store.state, change: store.change, audit, isPassword }
  return {
    audit,
    people: managePeople({ ...known, hash: hashPassword }),
    signIn: signIn({ ...known, guard }),
  }
}

/** `admin` with the well-known password that must be changed, or with the one the owner gives at the start. */
async function addFirstUser(store: Store, clock: Clock, given: string): Promise<void> {
  const before = Object.values(store.state().users).filter((user) => user.passwordHash !== null)
  const untouched =
    before.length === 1 ? before.find((user) => user.passwordHash === WELL_KNOWN_HASH) : undefined
  if (before.length > 0 && (untouched === undefined || given === '')) return
  const passwordHash = given === '' ? WELL_KNOWN_HASH : await hashPassword(given)
  const user: User = {
    id: untouched?.id ?? newId('usr'),
    name: FIRST_USER,
    role: 'administrator',
    passwordHash,
    mustChangePassword: given === '',
    createdAt: clock.now().toISOString(),
    lastSignInAt: null,
    disabled: false,
    homeAssistantId: null,
    preferences: {},
  }
  await store.change((state: State) => ({ ...state, users: { ...state.users, [user.id]: user } }))
}
