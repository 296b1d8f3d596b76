import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import { text } from '../../../domain/text.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'

/** `POST /settings/home-assistant/publish`: everything once more, also devices deleted in Home Assistant. */
export async function publishAgain(ctx: Context, house: House): Promise<void> {
  const failure = await house.mqtt.publishAgain().then(
    () => null,
    (error: unknown) => {
      if (error instanceof Failure) return error
      throw error
    },
  )
  const result = failure === null ? 'done' : 'failed'
  await house.actions.audit({ action: 'mqtt.publish', ...doerOf(ctx), result })
  done(ctx, '/settings/home-assistant', failure?.text ?? text('mqtt.published-again'))
}
