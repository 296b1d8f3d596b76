import { setTimeout } from 'node:timers/promises'
import type { AuditLine } from '../actions/actor.ts'
import { managePeople } from '../actions/manage-people.ts'
import { type SignInNeeds, signIn } from '../actions/sign-in.ts'
import { FIRST_USER } from '../domain/people.ts'
import type { State, User } from '../domain/state.ts'
import type { Clock } from '../kit/clock.ts'
import { keyedHash, newId, randomName } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import type { Store } from '../store/store-shape.ts'
import type { Actions } from '../web/house.ts'
import { hashPassword, isOutdated, isPassword, WELL_KNOWN_HASH } from '../web/password.ts'
import { createSignInGuard } from '../web/sign-in-guard.ts'

/** Users, sign-in and the audit log. Makes the first user where there is none. */
export async function people(house: {
  store: Store
  clock: Clock
  log: Log
  settings: { readonly adminPassword: string }
  /** Of this installation: what browsers keep is made with it. */
  key: Uint8Array
}): Promise<Pick<Actions, 'signIn' | 'audit' | 'people'> & { forgive(): void }> {
  const { store, clock, log } = house
  await addFirstUser(store, clock, house.settings.adminPassword)
  const audit = async (entry: AuditLine): Promise<void> => {
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
    signIn: signIn({ ...known, guard, rehash, wait: setTimeout, devices: devices(house.key) }),
    forgive: guard.forgive,
  }
}

async function rehash(hash: string, password: string): Promise<string | null> {
  return (await isOutdated(hash)) ? hashPassword(password) : null
}

/** What a browser keeps of a user: a random name, and the proof that we gave it out. Nothing is stored here. */
function devices(key: Uint8Array): SignInNeeds['devices'] {
  const proof = (userId: string, name: string) => keyedHash(key, `device ${userId} ${name}`)
  return {
    keyOf(userId) {
      const name = randomName(16)
      return `${name}.${proof(userId, name)}`
    },
    isOf(userId, given) {
      const [name = '', said = ''] = given.split('.')
      return name.length === 16 && said === proof(userId, name)
    },
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
