/**
 * Remembers the last answers of a slow pure function: a page writes the same figures again and again, and asking
 * Intl takes a microsecond or two each time. Two generations, so that what is used stays.
 */
export function remembered<Key extends string | number>(
  write: (key: Key) => string,
  most = 500,
): (key: Key) => string {
  let young = new Map<Key, string>()
  let old = new Map<Key, string>()
  return (key) => {
    const known = young.get(key)
    if (known !== undefined) return known
    const said = old.get(key) ?? write(key)
    if (young.size >= most) {
      old = young
      young = new Map()
    }
    young.set(key, said)
    return said
  }
}
