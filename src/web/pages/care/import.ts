import type { Context } from 'koa'
import { Failure } from '../../../domain/failure.ts'
import type { ImportShare } from '../../../domain/import-share.ts'
import type { Words } from '../../../domain/words.ts'
import { readForm } from '../../body.ts'
import { doerOf } from '../../doer.ts'
import { done } from '../../flash.ts'
import type { House } from '../../house.ts'
import { formParts, partText } from '../../multipart.ts'
import { sendSettings } from '../../settings/form-page.ts'
import { visitOf } from '../../visit.ts'

const PAGE = '/settings/import'

/** `GET /settings/import`: choose a file, see what would come, watch it come. */
export async function importPage(ctx: Context, house: House): Promise<void> {
  const { words } = visitOf(ctx)
  const task = house.care.task('import')
  let [preview, fault] = [null as Awaited<ReturnType<House['care']['import']['preview']>>, '']
  try {
    preview = task !== null && task.finishedAt === null ? null : await house.care.import.preview()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    fault = words.say(error.text)
    ctx.status = 422
  }
  const row = (name: string, value: string) => ({ label: words.say(`import.count.${name}`), value })
  const isAtWork = task !== null && task.finishedAt === null
  const model = {
    isAtWork,
    found: await house.care.import.found(),
    fault,
    task: task === null ? null : { ...task, outcome: task.outcome === null ? '' : words.say(task.outcome) },
    shares: preview === null ? [] : sharesIn(preview.shares, words),
    result: isAtWork ? [] : sharesIn(house.care.import.result(), words),
    facts:
      preview === null
        ? []
        : [
            row('version', preview.version),
            row('names', words.list(preview.servers.slice(0, 20))),
            row('jobs', words.number(preview.jobs)),
            row('oldest', preview.oldest === null ? '–' : words.moment(preview.oldest)),
            row('newest', preview.newest === null ? '–' : words.moment(preview.newest)),
          ],
  }
  sendSettings(ctx, house, 'import', 'pages/care/import', model, { isLive: isAtWork })
}

/** Kinds of which there is nothing, and nothing to be said, are left out. */
function sharesIn(shares: readonly ImportShare[], words: Words) {
  return shares
    .filter((one) => one.found > 0 || one.notes.length > 0)
    .map((one) => ({
      label: words.say(`import.kind.${one.kind}`),
      found: words.number(one.found),
      comes: words.number(one.comes),
      here: words.number(one.here),
      notes: one.notes.map((note) => words.say(note)),
    }))
}

/** `POST /settings/import` with `file`, `wal` and `key`: keeps them for the preview. */
export async function chooseImport(ctx: Context, house: House): Promise<void> {
  ctx.req.socket.setTimeout(0)
  await house.care.import.choose(partsOf(ctx))
  done(ctx, PAGE)
}

/** `POST /settings/import/do` with `do` = `found`, `begin`, `cancel` or `forget`. */
export async function actImport(ctx: Context, house: House): Promise<void> {
  const verb = (await readForm(ctx.req, 4096)).get('do')
  if (verb === 'found') await house.care.import.chooseFound()
  else if (verb === 'cancel') house.care.cancel('import')
  else if (verb === 'begin')
    await house.care.import.begin({ ...doerOf(ctx), administrator: visitOf(ctx).isAdministrator })
  else await house.care.import.forget()
  done(ctx, PAGE)
}

async function* partsOf(ctx: Context) {
  for await (const part of formParts(ctx.req)) {
    if (part.filename) yield { name: part.name, body: part.body, small: () => partText(part) }
  }
}
