/** Chapters of the guide: how many paragraphs each has (`page.help.<name>.title`, `.1`, `.2`, ...), and its picture. */
export const CHAPTERS = [
  { name: 'start', paragraphs: 4, picture: true },
  { name: 'overview', paragraphs: 6, picture: true },
  { name: 'states', paragraphs: 9, picture: false },
  { name: 'server', paragraphs: 2, picture: true },
  { name: 'job', paragraphs: 4, picture: true },
  { name: 'run', paragraphs: 5, picture: true },
  { name: 'trends', paragraphs: 3, picture: true },
  { name: 'activity', paragraphs: 2, picture: true },
  { name: 'expected', paragraphs: 6, picture: true },
  { name: 'notices', paragraphs: 4, picture: true },
  { name: 'channels', paragraphs: 3, picture: false },
  { name: 'home-assistant', paragraphs: 2, picture: false },
  { name: 'servers', paragraphs: 3, picture: false },
  { name: 'people', paragraphs: 3, picture: false },
  { name: 'display', paragraphs: 2, picture: false },
  { name: 'database', paragraphs: 3, picture: true },
  { name: 'import', paragraphs: 2, picture: false },
  { name: 'keys', paragraphs: 1, picture: false },
] as const

export type Chapter = (typeof CHAPTERS)[number]['name']

/** Which chapter tells of a page of settings, by the name of its section. */
const OF_SETTINGS: Readonly<Record<string, Chapter>> = {
  monitoring: 'expected',
  maintenance: 'expected',
  notifications: 'notices',
  ntfy: 'channels',
  email: 'channels',
  templates: 'channels',
  'home-assistant': 'home-assistant',
  servers: 'servers',
  collecting: 'servers',
  users: 'people',
  access: 'people',
  tokens: 'people',
  audit: 'people',
  display: 'display',
  database: 'database',
  log: 'database',
  import: 'import',
}

export function chapterOfSettings(section: string): Chapter {
  return OF_SETTINGS[section] ?? 'start'
}

/** Size of every picture, in pixels; `tests/support/write-guide.ts` takes them. */
export const PICTURE = { width: 1120, height: 700 } as const
