import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { text } from '../../../domain/text.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { single } from '../../send-page.ts'
import { sendSettings } from '../../settings/form-page.ts'
import { visitOf } from '../../visit.ts'
import { userList } from './user-list.ts'

/** `GET /settings/users?q&sort&dir`. */
export function usersPage(ctx: Context, house: House): void {
  render(ctx, house, {})
}

/** `POST /settings/users` with `name`, `role`, `password` (made where empty): a new user, who must change it. */
export async function addUser(ctx: Context, house: House): Promise<void> {
  const form = await readForm(ctx.req, 16_384)
  const name = form.get('name') ?? ''
  const role = form.get('role') === 'administrator' ? 'administrator' : 'viewer'
  try {
    const made = await house.actions.people.addUser(name, role, form.get('password') ?? '', doerOf(ctx))
    if (made !== null) return render(ctx, house, { made: { name, password: made } })
    done(ctx, '/settings/users', text('users.added', { name }))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    ctx.status = 422
    render(ctx, house, {
      name,
      role,
      faults: { [error.field ?? 'name']: visitOf(ctx).words.say(error.text) },
    })
  }
}

/** `POST /settings/users/:id` with `do` = `edit`, `role`, `disable`, `enable`, `reset` or `remove`. */
export async function changeUser(ctx: Context, house: House): Promise<void> {
  const id = String(ctx['params'].id)
  const form = await readForm(ctx.req, 16_384)
  const { people } = house.actions
  const name = house.store.state().users[id]?.name ?? ''
  switch (form.get('do')) {
    case 'edit':
      return editUser(ctx, house, id, form)
    case 'role': {
      const role = form.get('role') === 'administrator' ? 'administrator' : 'viewer'
      await people.changeUser(id, { role }, doerOf(ctx))
      break
    }
    case 'disable':
      await people.changeUser(id, { disabled: true }, doerOf(ctx))
      break
    case 'enable':
      await people.changeUser(id, { disabled: false }, doerOf(ctx))
      break
    case 'reset':
      return render(ctx, house, { made: { name, password: await people.resetPassword(id, doerOf(ctx)) } })
    case 'remove':
      await people.removeUser(id, doerOf(ctx))
      break
    default:
      throw new Failure('invalid', text('error.no-such-verb'))
  }
  done(ctx, '/settings/users', text('users.changed', { name }))
}

/** With `name` and `must_change`: what cannot be is said beside the field. */
async function editUser(ctx: Context, house: House, id: string, form: URLSearchParams): Promise<void> {
  const name = form.get('name') ?? ''
  const mustChangePassword = form.get('must_change') !== null
  try {
    await house.actions.people.changeUser(id, { name, mustChangePassword }, doerOf(ctx))
    done(ctx, '/settings/users', text('users.changed', { name: name.trim() }))
  } catch (error) {
    if (!(error instanceof Failure) || error.field === undefined) throw error
    ctx.status = 422
    render(ctx, house, { edited: { id, name, fault: visitOf(ctx).words.say(error.text) } })
  }
}

interface Filled {
  readonly name?: string
  readonly role?: string
  readonly faults?: Readonly<Record<string, string>>
  /** A password made just now: shown once. */
  readonly made?: { readonly name: string; readonly password: string }
  /** A user whose new name could not be taken. */
  readonly edited?: { readonly id: string; readonly name: string; readonly fault: string }
}

function render(ctx: Context, house: House, filled: Filled): void {
  const visit = visitOf(ctx)
  ctx.set('Cache-Control', 'no-store')
  sendSettings(ctx, house, 'users', 'pages/people/users', {
    ...userList(house.store.state(), single(ctx.query), visit),
    name: filled.name ?? '',
    role: filled.role ?? 'viewer',
    faults: filled.faults ?? {},
    made: filled.made ?? null,
    edited: filled.edited ?? null,
  })
}
