/** Texts that must never be anything but text, wherever a report can carry one. */
export const HOSTILE: readonly string[] = [
  '<script>window.__hurt = 1</script>',
  '"><img src=x onerror="window.__hurt=1">',
  "' onmouseover='window.__hurt=1' x='",
  'javascript:window.__hurt=1//',
  '{{constructor.constructor("window.__hurt=1")()}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this text must stay as it is
  '${window.__hurt=1} <%= it %> {n, plural, other {#}}',
  '__proto__',
  'constructor',
  '../..//host/path%00?x=1#y',
  '\u202Eтекст \u05D0\u05D1\u05D2 rtl',
  '😀👩‍👩‍👧‍👦 \u0000\u0001\u001b[31m\u0007',
  'x'.repeat(10_000),
]

let count = 0

/** A report of a run with a hostile text in each of its fields. */
export function hostileReport(text: string, at: Date): Record<string, unknown> {
  count += 1
  return {
    Data: {
      MainOperation: 'Backup',
      ParsedResult: 'Warning',
      BeginTime: new Date(at.getTime() - 60_000).toISOString(),
      EndTime: at.toISOString(),
      Duration: '00:01:00',
      ExaminedFiles: 10,
      SizeOfExaminedFiles: 1000,
      Version: text,
      Warnings: [text, `warned of ${text}`],
      Errors: [text],
      Messages: [text],
      WarningsActualLength: 2,
      ErrorsActualLength: 1,
      BackendStatistics: { KnownFileSize: 1000, KnownFilesetCount: 2, BytesUploaded: 10 },
      TestResults: {
        ParsedResult: 'Error',
        VerificationsActualLength: 1,
        Verifications: [{ Key: text, Value: [{ Key: text, Value: text }] }],
      },
    },
    Extra: {
      'machine-id': `hostile-${count}-${text.slice(0, 40)}`,
      'machine-name': text,
      'backup-id': `DB-${count}-${text.slice(0, 40)}`,
      'backup-name': text,
      OperationName: text,
      RemoteUrl: text,
      'duplicati-version': text,
      'operating-system': text,
    },
    LogLines: [
      `2026-11-07 03:00:00Z - [Warning-${text.slice(0, 60)}]: ${text}`,
      `2026-11-07 03:00:01Z - [Error-Duplicati.Library-X]: ${text}`,
      text,
    ],
    Exception: text,
  }
}
