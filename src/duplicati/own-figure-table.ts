import { countOf, type Fields, isFields } from './values.ts'

/** Our name of a figure, and where it stands: a field, or the way to count or add up what stands there. */
export type FigureSource = string | ((data: Fields) => number | null)

const COMPACT: Readonly<Record<string, FigureSource>> = {
  deleted_files: 'DeletedFileCount',
  deleted_bytes: 'DeletedFileSize',
  downloaded_files: 'DownloadedFileCount',
  downloaded_bytes: 'DownloadedFileSize',
  uploaded_files: 'UploadedFileCount',
  uploaded_bytes: 'UploadedFileSize',
  freed_bytes: (data) => freed(countOf(data['DeletedFileSize']), countOf(data['UploadedFileSize'])),
}

const PURGE: Readonly<Record<string, FigureSource>> = {
  removed_files: 'RemovedFileCount',
  removed_bytes: 'RemovedFileSize',
  rewritten_file_lists: 'RewrittenFileLists',
  updated_files: 'UpdatedFileCount',
}

const LOCK: Readonly<Record<string, FigureSource>> = {
  read_volumes: 'VolumesRead',
  updated_volumes: 'VolumesUpdated',
}

/** Every operation that has figures of its own; the others take a time and a number of remote calls at most. */
export const OWN_FIGURES: ReadonlyMap<string, Readonly<Record<string, FigureSource>>> = new Map<
  string,
  Record<string, FigureSource>
>([
  [
    'Restore',
    {
      restored_files: 'RestoredFiles',
      restored_bytes: 'SizeOfRestoredFiles',
      restored_data_bytes: 'SizeOfRestoredData',
      restored_folders: 'RestoredFolders',
      restored_symlinks: 'RestoredSymlinks',
      patched_files: 'PatchedFiles',
      unmodified_files: 'UnmodifiedFiles',
      unmodified_bytes: 'SizeOfUnmodifiedFiles',
      deleted_files: 'DeletedFiles',
      deleted_folders: 'DeletedFolders',
      deleted_symlinks: 'DeletedSymlinks',
      broken_local_files: lengthOf('BrokenLocalFiles'),
      broken_remote_files: lengthOf('BrokenRemoteFiles'),
      cache_evictions: 'CachePressureEvictions',
      cache_redownloads: 'CachePressureRedownloads',
      accessed_volumes: 'TotalVolumesAccessed',
    },
  ],
  ['Test', { verified_files: 'VerificationsActualLength', damaged_files: damagedFiles }],
  ['Compact', COMPACT],
  ['Delete', { deleted_versions: 'DeletedSetsActualLength' }],
  ['ListRemote', { listed_files: lengthOf('Files'), listed_bytes: sizeOfFiles }],
  ['List', { listed_versions: lengthOf('Filesets'), listed_files: lengthOf('Files') }],
  ['ListFilesets', { listed_versions: lengthOf('Filesets') }],
  ['ListFolder', { listed_entries: lengthOf('Entries') }],
  ['ListFileVersions', { listed_file_versions: lengthOf('FileVersions') }],
  ['SearchFiles', { listed_file_versions: lengthOf('FileVersions') }],
  [
    'ListAffected',
    {
      affected_versions: lengthOf('Filesets'),
      affected_files: lengthOf('Files'),
      affected_volumes: lengthOf('RemoteVolumes'),
      affected_log_messages: lengthOf('LogMessages'),
    },
  ],
  [
    'ListChanges',
    {
      added_files: 'AddedFiles',
      added_folders: 'AddedFolders',
      added_symlinks: 'AddedSymlinks',
      modified_files: 'ModifiedFiles',
      modified_folders: 'ModifiedFolders',
      modified_symlinks: 'ModifiedSymlinks',
      deleted_files: 'DeletedFiles',
      deleted_folders: 'DeletedFolders',
      deleted_symlinks: 'DeletedSymlinks',
      previous_bytes: 'PreviousSize',
      current_bytes: 'CurrentSize',
      added_bytes: 'AddedSize',
      deleted_bytes: 'DeletedSize',
    },
  ],
  ['ListBrokenFiles', { broken_versions: lengthOf('BrokenFiles'), broken_files: brokenFiles }],
  ['PurgeFiles', PURGE],
  ['PurgeBrokenFiles', { ...inside('PurgeResults', PURGE), deleted_versions: deletedVersionsInside }],
  ['SystemInfo', { lines: lengthOf('Lines') }],
  ['SendMail', { lines: lengthOf('Lines') }],
  ['TestFilters', { matched_files: 'FileCount', matched_bytes: 'FileSize' }],
  ['RestoreControlfiles', { restored_control_files: lengthOf('Files') }],
  ['SetLock', LOCK],
  ['ReadLockInfo', LOCK],
  [
    'RemoteSynchronization',
    {
      copied_files: 'CopiedFileCount',
      copied_bytes: 'CopiedFileSize',
      renamed_files: 'RenamedFileCount',
      deleted_files: 'DeletedFileCount',
      verified_files: 'VerifiedFileCount',
      failed_verifications: 'FailedVerificationCount',
    },
  ],
  [
    'Sync',
    {
      source_files: 'SourceFiles',
      source_bytes: 'SizeOfSourceFiles',
      uploaded_files: 'FilesUploaded',
      uploaded_bytes: 'SizeOfUploadedFiles',
      unchanged_files: 'UnchangedFiles',
      deleted_files: 'FilesDeleted',
      deleted_bytes: 'SizeOfDeletedFiles',
      created_folders: 'FoldersCreated',
      deleted_folders: 'FoldersDeleted',
    },
  ],
])

/** Elements of a list; of a paged answer the total it tells. */
function lengthOf(field: string): (data: Fields) => number | null {
  return (data) => {
    const value = data[field]
    return Array.isArray(value) ? value.length : isFields(value) ? countOf(value['TotalCount']) : null
  }
}

function inside(part: string, figures: Readonly<Record<string, FigureSource>>): Record<string, FigureSource> {
  const read = (source: FigureSource) => (data: Fields) => {
    const nested = data[part]
    if (!isFields(nested)) return null
    return typeof source === 'string' ? countOf(nested[source]) : source(nested)
  }
  return Object.fromEntries(Object.entries(figures).map(([name, source]) => [name, read(source)]))
}

function deletedVersionsInside(data: Fields): number | null {
  const nested = data['DeleteResults']
  return isFields(nested) ? countOf(nested['DeletedSetsActualLength']) : null
}

function damagedFiles(data: Fields): number | null {
  const list = data['Verifications']
  if (!Array.isArray(list)) return null
  return list.filter((item) => isFields(item) && Array.isArray(item['Value']) && item['Value'].length > 0)
    .length
}

function sizeOfFiles(data: Fields): number | null {
  const list = data['Files']
  if (!Array.isArray(list)) return null
  return countOf(
    list.reduce((sum: number, item) => sum + ((isFields(item) && countOf(item['Size'])) || 0), 0),
  )
}

function brokenFiles(data: Fields): number | null {
  const list = data['BrokenFiles']
  if (!Array.isArray(list)) return null
  return list.reduce((sum: number, item) => {
    const files = isFields(item) ? item['Item3'] : null
    return sum + (Array.isArray(files) ? files.length : 0)
  }, 0)
}

function freed(deleted: number | null, uploaded: number | null): number | null {
  return deleted === null || uploaded === null ? null : Math.max(0, deleted - uploaded)
}
