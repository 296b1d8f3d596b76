const MOST = 300
/** `System.IO.IOException: `, also with an inner type: what a person reads begins after it. */
const EXCEPTION_TYPE = /^(?:[A-Za-z_][\w`+]*\.)+[A-Za-z_][\w`+]*: (?=\S)/

/** The line of an exception or log entry that says why, without the name of the exception's type; 300 characters. */
export function reasonLine(reason: string): string {
  const [first = ''] = reason.split(/\r?\n/, 1)
  const line = first.slice(0, 4 * MOST).replace(EXCEPTION_TYPE, '')
  return line.length <= MOST ? line : `${line.slice(0, MOST - 1)}…`
}
