/** What happened, said after it is on disk. Ids only: who wants more reads the state. */
export interface Events {
  'run-recorded': { readonly nos: readonly number[]; readonly jobIds: readonly string[] }
  /** Anything a page or a topic shows may have changed: settings, incidents, names, running now. */
  'state-changed': { readonly why: string }
  'live-status': { readonly jobId: string }
  /** Progress of long work (collecting, checking, importing) for the pages that show it. */
  progress: { readonly task: string; readonly progress: unknown }
}
