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

/** A link in the menu of the user, called by a key of the catalogue. */
export interface UserLink {
  readonly label: string
  readonly path: string
  readonly icon: string
  /** Who has it: only administrators, or only who has a password with us. */
  readonly only?: 'administrator' | 'password'
}

export const USER_LINKS: readonly UserLink[] = [
  { label: 'nav.account', path: '/account', icon: 'user' },
  { label: 'account.password.title', path: '/account/password', icon: 'key', only: 'password' },
  { label: 'settings.display.title', path: '/settings/display', icon: 'eye' },
  { label: 'settings.users.title', path: '/settings/users', icon: 'users', only: 'administrator' },
  { label: 'settings.audit.title', path: '/settings/audit', icon: 'list', only: 'administrator' },
]
