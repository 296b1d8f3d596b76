import { type Disk, type DiskFile, realDisk } from '../../src/store/disk.ts'

export interface DiskCall {
  readonly op: keyof Disk | keyof DiskFile
  readonly path: string
}

/** What happens to a call: a system error of this code, or, for a write, only so many bytes taken. */
export type Fault = string | { readonly takes: number; readonly failsWith?: string } | null

export interface FaultyDisk extends Disk {
  /** Every call that changes something, in order. */
  readonly calls: DiskCall[]
  /** Asked before each call of any kind; null lets it pass. */
  fault: (call: DiskCall) => Fault
}

const CHANGING: ReadonlySet<string> = new Set([
  'write',
  'sync',
  'truncate',
  'rename',
  'link',
  'remove',
  'syncFolder',
  'makeFolder',
])

/** A real disk on which chosen calls fail. */
export function faultyDisk(real: Disk = realDisk): FaultyDisk {
  const check = (op: DiskCall['op'], path: string): Fault => {
    if (CHANGING.has(op)) disk.calls.push({ op, path })
    const fault = disk.fault({ op, path })
    if (typeof fault === 'string') throw systemError(fault, op, path)
    return fault
  }
  const file = (path: string, inner: DiskFile): DiskFile => ({
    read: async (into, position) => {
      check('read', path)
      return inner.read(into, position)
    },
    write: async (bytes, position) => {
      const fault = check('write', path)
      if (fault === null || typeof fault === 'string') return inner.write(bytes, position)
      const taken = await inner.write(bytes.subarray(0, fault.takes), position)
      if (fault.failsWith !== undefined) throw systemError(fault.failsWith, 'write', path)
      return taken
    },
    truncate: async (length) => {
      check('truncate', path)
      return inner.truncate(length)
    },
    sync: async () => {
      check('sync', path)
      return inner.sync()
    },
    size: () => inner.size(),
    close: () => inner.close(),
  })
  const disk: FaultyDisk = {
    calls: [],
    fault: () => null,
    open: async (path, mode) => {
      check('open', path)
      return file(path, await real.open(path, mode))
    },
    readFile: async (path) => {
      check('readFile', path)
      return real.readFile(path)
    },
    list: async (path) => {
      check('list', path)
      return real.list(path)
    },
    stat: async (path) => {
      check('stat', path)
      return real.stat(path)
    },
    makeFolder: async (path) => {
      check('makeFolder', path)
      return real.makeFolder(path)
    },
    rename: async (from, to) => {
      check('rename', to)
      return real.rename(from, to)
    },
    link: async (from, to) => {
      check('link', to)
      return real.link(from, to)
    },
    remove: async (path) => {
      check('remove', path)
      return real.remove(path)
    },
    syncFolder: async (path) => {
      check('syncFolder', path)
      return real.syncFolder(path)
    },
    freeBytes: (path) => real.freeBytes(path),
  }
  return disk
}

/** Lets the nth call that fits fail, once. */
export function nth(n: number, code: Fault, fits: (call: DiskCall) => boolean): FaultyDisk['fault'] {
  let seen = 0
  return (call) => (fits(call) && ++seen === n ? code : null)
}

export function systemError(code: string, op: string, path: string): Error {
  return Object.assign(new Error(`${code}: injected, ${op} '${path}'`), { code, syscall: op, path })
}
