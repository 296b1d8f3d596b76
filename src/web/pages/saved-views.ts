import type { Context } from 'koa'
import { Failure } from '../../domain/failure.ts'
import { text } from '../../domain/text.ts'
import { readForm } from '../body.ts'
import { done } from '../flash.ts'
import type { House } from '../house.ts'
import { savedViews, withoutView, withStart, withView } from '../saved-views.ts'
import { visitOf } from '../visit.ts'

/**
 * `POST /views`: keeps the overview as it is filtered (`view`, a query text) under `name`; with `remove` or `first`
 * forgets the named view, or lets it open first (`first` empty: the whole overview does again). Each for oneself.
 */
export async function saveView(ctx: Context, house: House): Promise<void> {
  const form = await readForm(ctx.req, 16_384)
  const id = visitOf(ctx).user?.id ?? ''
  const [removed, first] = [form.get('remove'), form.get('first')]
  const name = form.get('name') ?? ''
  await house.store.change((state) => {
    const user = state.users[id]
    if (user === undefined) return state
    const { preferences } = user
    const next =
      removed !== null
        ? withoutView(preferences, removed)
        : first !== null
          ? withStart(preferences, first)
          : withView(preferences, name, form.get('view') ?? '')
    if (next === null) throw new Failure('invalid', text('views.fault'), { field: 'name' })
    return { ...state, users: { ...state.users, [id]: { ...user, preferences: next } } }
  })
  const made = savedViews(house.store.state().users[id] ?? null).find((view) => view.name === name.trim())
  const query = removed === null && first === null ? (made?.query ?? { all: '1' }) : { all: '1' }
  done(ctx, `/?${new URLSearchParams(query)}`, text(removed === null ? 'views.saved' : 'views.removed'))
}
