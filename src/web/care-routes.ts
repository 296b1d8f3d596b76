import { clean, cleanPage } from './pages/care/clean.ts'
import {
  beginCheck,
  beginCompaction,
  copyNow,
  downloadArchive,
  downloadCopy,
  undoRemoval,
} from './pages/care/database.ts'
import { actImport, chooseImport, importPage } from './pages/care/import.ts'
import { merge, mergePage } from './pages/care/merge.ts'
import { agreeRestore, chooseCopy, discardRestore, restorePage, uploadArchive } from './pages/care/restore.ts'
import type { Route } from './routes.ts'

type Row = readonly [Route['method'], string, Route['as'], Route['handle']]

const ROWS: readonly Row[] = [
  ['POST', '/settings/database/check', 'action', beginCheck],
  ['POST', '/settings/database/compact', 'action', beginCompaction],
  ['GET', '/settings/database/archive', 'file', downloadArchive],
  ['POST', '/settings/database/copy', 'action', copyNow],
  ['GET', '/settings/database/copies/:name', 'file', downloadCopy],
  ['POST', '/settings/database/copies/:name/restore', 'action', chooseCopy],
  ['GET', '/settings/database/clean', 'page', cleanPage],
  ['POST', '/settings/database/clean', 'action', clean],
  ['GET', '/settings/import', 'page', importPage],
  ['POST', '/settings/import', 'action', chooseImport],
  ['POST', '/settings/import/do', 'action', actImport],
  ['GET', '/settings/database/merge', 'page', mergePage],
  ['POST', '/settings/database/merge', 'action', merge],
  ['GET', '/settings/database/restore', 'page', restorePage],
  ['POST', '/settings/database/restore', 'action', uploadArchive],
  ['POST', '/settings/database/restore/agree', 'action', agreeRestore],
  ['POST', '/settings/database/restore/discard', 'action', discardRestore],
  ['POST', '/settings/database/trash/:id/undo', 'action', undoRemoval],
]

/** Care of the data: all of it is for administrators. */
export const CARE_ROUTES: readonly Route[] = ROWS.map(([method, path, as, handle]) => ({
  method,
  path,
  who: 'administrator',
  as,
  handle,
}))
