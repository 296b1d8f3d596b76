/** Where the navigation leads. `name` is the end of the catalogue key (`nav.<name>`) and what pages call their place. */
export interface Place {
  readonly name: string
  readonly path: string
  readonly icon: string
}

export const PLACES: readonly Place[] = [
  { name: 'overview', path: '/', icon: 'house' },
  { name: 'activity', path: '/activity', icon: 'activity' },
  { name: 'trends', path: '/trends', icon: 'chart-line' },
  { name: 'settings', path: '/settings', icon: 'settings' },
]

/** Links in the menu of the user. */
export const USER_LINKS: readonly Place[] = [{ name: 'account', path: '/account', icon: 'user' }]
