/**
 * Every setting that may come from the environment, in one table: `read.ts` reads by it, `docs/settings.md` and
 * the add-on's options are checked against it. A row's `key` makes it a product setting: its value lives in the
 * database, is changed on pages, and a value given here wins and locks it there.
 */
export interface SettingRow {
  readonly name: string
  readonly kind: SettingKind
  /** As written in an environment variable; '' for none. */
  readonly default: string
  readonly help: string
  /** For `choice`: the words that are allowed. For numbers: smallest and largest. */
  readonly allowed?: readonly string[]
  readonly range?: readonly [number, number]
  /** For `url`: the schemes that are allowed, where these are not http and https. */
  readonly schemes?: readonly string[]
  /** Name in `State.settings`, for product settings. */
  readonly key?: string
}

export type SettingKind =
  | 'text'
  | 'secret'
  | 'number'
  | 'port'
  | 'flag'
  | 'choice'
  | 'folder'
  | 'path'
  | 'url'
  | 'zone'
  | 'addresses'
  | 'topic'
  | 'pem'

export const SETTINGS: readonly SettingRow[] = [
  { name: 'PORT', kind: 'port', default: '9666', help: 'Port of the page, the report address and the JSON.' },
  { name: 'HOST', kind: 'text', default: '', help: 'Address to listen on; empty means every address.' },
  {
    name: 'DATA_DIR',
    kind: 'folder',
    default: './data',
    help: 'Folder of the database. One process at a time may use it.',
  },
  {
    name: 'BASE_PATH',
    kind: 'path',
    default: '',
    help: 'Path under which a proxy shows the page, such as /duplistatus.',
  },
  {
    name: 'PUBLIC_URL',
    kind: 'url',
    default: '',
    help: 'Address by which people reach the page; links in messages use it.',
  },
  {
    name: 'LOG_LEVEL',
    kind: 'choice',
    default: 'info',
    allowed: ['debug', 'info', 'warn', 'error'],
    help: 'How much is logged.',
  },
  {
    name: 'TZ',
    kind: 'zone',
    default: '',
    help: 'Time zone for schedules and messages; empty means that of the machine.',
  },
  {
    name: 'TRUST_PROXY',
    kind: 'addresses',
    default: '',
    help: 'Addresses or networks of proxies whose X-Forwarded-* headers count, separated by commas.',
  },
  {
    name: 'INGRESS_PORT',
    kind: 'port',
    default: '0',
    help: 'Port of the door for Home Assistant; 0 keeps it shut. The add-on sets 8099.',
  },
  {
    name: 'INGRESS_PEER',
    kind: 'addresses',
    default: '172.30.32.2',
    help: 'The only address that may use the door for Home Assistant.',
  },
  {
    name: 'SUPERVISOR_URL',
    kind: 'url',
    default: 'http://supervisor',
    help: 'Where the Supervisor of Home Assistant answers.',
  },
  { name: 'SUPERVISOR_TOKEN', kind: 'secret', default: '', help: 'Given by the Supervisor to the add-on.' },
  {
    name: 'ADMIN_PASSWORD',
    kind: 'secret',
    default: '',
    help: 'First password of the user admin, in place of the well-known one.',
  },
  {
    name: 'MAX_BODY_MB',
    kind: 'number',
    default: '32',
    range: [1, 512],
    help: 'Largest report that is taken, in megabytes.',
  },
  {
    name: 'API_ACCESS',
    kind: 'choice',
    default: 'local',
    allowed: ['local', 'open', 'token'],
    key: 'access.reading',
    help: 'Who may read the JSON without a token: local (this network), open (anybody), token (nobody).',
  },
  {
    name: 'RUN_RETENTION_DAYS',
    kind: 'number',
    default: '730',
    range: [0, 36500],
    key: 'retention.run_days',
    help: 'Days that runs are kept; 0 keeps them for ever.',
  },
  {
    name: 'LOG_RETENTION_DAYS',
    kind: 'number',
    default: '90',
    range: [0, 36500],
    key: 'retention.log_days',
    help: 'Days that full logs are kept; 0 keeps them as long as their runs.',
  },
  {
    name: 'MQTT_URL',
    kind: 'url',
    schemes: ['mqtt', 'mqtts', 'ws', 'wss'],
    default: '',
    key: 'mqtt.url',
    help: 'Broker, such as mqtt://192.168.1.5:1883 or mqtts://...',
  },
  { name: 'MQTT_USERNAME', kind: 'text', default: '', key: 'mqtt.username', help: 'User at the broker.' },
  { name: 'MQTT_PASSWORD', kind: 'secret', default: '', help: 'Password at the broker.' },
  {
    name: 'MQTT_CA',
    kind: 'pem',
    default: '',
    key: 'mqtt.ca',
    help: 'Certificate authority of the broker, in PEM.',
  },
  {
    name: 'MQTT_PREFIX',
    kind: 'topic',
    default: 'duplistatus',
    key: 'mqtt.prefix',
    help: 'First part of every topic.',
  },
  {
    name: 'MQTT_DISCOVERY',
    kind: 'topic',
    default: 'homeassistant',
    key: 'mqtt.discovery',
    help: 'Discovery prefix of Home Assistant; off for none.',
  },
  {
    name: 'PWD_ENFORCE',
    kind: 'flag',
    default: 'true',
    key: 'users.password_enforce',
    help: 'Whether passwords need upper and lower case letters and a digit.',
  },
  {
    name: 'PWD_MIN_LEN',
    kind: 'number',
    default: '8',
    range: [1, 128],
    key: 'users.password_min_length',
    help: 'Smallest length of a password.',
  },
]
