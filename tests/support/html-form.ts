/** What a browser without script would send of a form on a page: every control with the value it shows. */
export function formOf(html: string, action: string): URLSearchParams {
  // The last: the header has small forms of its own.
  const form = formsOf(html).findLast((one) => attribute(one.tag, 'action') === action)
  if (form === undefined) throw new Error(`there is no form for ${action}`)
  const fields = new URLSearchParams()
  for (const { index, tag } of controls(form.inside)) {
    const name = attribute(tag, 'name')
    if (name === null || /\sdisabled(\s|>|=)/.test(tag) || tag.startsWith('<button')) continue
    const isBox = /type="(checkbox|radio)"/.test(tag)
    if (isBox && !/\schecked(\s|>|=)/.test(tag)) continue
    fields.append(name, shownIn(form.inside, index, tag, isBox))
  }
  return fields
}

/** The sentence beside a field, '' where nothing is wrong with it. */
export function faultBeside(html: string, name: string): string {
  const at = html.indexOf(`name="${name}"`)
  const next = html.indexOf('name="', at + 6)
  const near = html.slice(at, next === -1 ? undefined : next)
  const fault = /<em class="error"[^>]*>([\s\S]*?)<\/em>/.exec(near)?.[1] ?? ''
  return plainText(fault)
}

/** The text of a piece of a page, as it is read. */
export function plainText(html: string): string {
  return unescaped(html.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()
}

function formsOf(html: string): { tag: string; inside: string }[] {
  return [...html.matchAll(/(<form[^>]*>)([\s\S]*?)<\/form>/g)].map((match) => ({
    tag: match[1] ?? '',
    inside: match[2] ?? '',
  }))
}

function controls(inside: string): { index: number; tag: string }[] {
  return [...inside.matchAll(/<(input|select|textarea|button)\b[^>]*>/g)].map((match) => ({
    index: match.index,
    tag: match[0],
  }))
}

function shownIn(inside: string, index: number, tag: string, isBox: boolean): string {
  const after = inside.slice(index + tag.length)
  if (tag.startsWith('<textarea')) return unescaped(/^([\s\S]*?)<\/textarea>/.exec(after)?.[1] ?? '')
  if (tag.startsWith('<select')) {
    const options = after.slice(0, after.indexOf('</select>'))
    const chosen = /<option value="([^"]*)" selected/.exec(options) ?? /<option value="([^"]*)"/.exec(options)
    return unescaped(chosen?.[1] ?? '')
  }
  return attribute(tag, 'value') ?? (isBox ? 'on' : '')
}

function attribute(tag: string, name: string): string | null {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)
  return found === null ? null : unescaped(found[1] ?? '')
}

function unescaped(text: string): string {
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
}
