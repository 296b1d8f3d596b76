/** Foreign text as Home Assistant's notifications show it: nothing in it is markup or a link. */
export function plainMarkdown(raw: string): string {
  return raw
    .replace(/[\\`*_{}[\]()#+\-.!|~<>&]/g, (sign) =>
      sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : sign === '&' ? '&amp;' : `\\${sign}`,
    )
    .replace(/\n/g, '  \n')
}
