/** A report of a good backup that ended just now, of a machine and a job that are known by these names. */
export function plainReport(machine: string, name: string): unknown {
  const now = Date.now()
  return {
    Data: {
      MainOperation: 'Backup',
      ParsedResult: 'Success',
      BeginTime: new Date(now - 60_000).toISOString(),
      EndTime: new Date(now).toISOString(),
      ExaminedFiles: 3,
      SizeOfExaminedFiles: 1000,
    },
    Extra: { 'machine-id': machine, 'machine-name': machine, 'backup-id': name, 'backup-name': name },
  }
}
