const BLOCK = 512

/**
 * The header of a plain file in a tar (POSIX.1-1988 ustar): name up to 100 bytes, size up to 8 GB, for the owner
 * alone.
 */
export function tarHeader(file: {
  readonly name: string
  readonly length: number
  readonly at: Date
}): Buffer {
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, digits: number) => `${Math.floor(value).toString(8).padStart(digits, '0')}\0`
  header.write(file.name, 0, 100, 'utf8')
  header.write(octal(0o600, 7), 100, 'latin1')
  header.write(octal(0, 7), 108, 'latin1')
  header.write(octal(0, 7), 116, 'latin1')
  header.write(octal(file.length, 11), 124, 'latin1')
  header.write(octal(file.at.getTime() / 1000, 11), 136, 'latin1')
  header.write('        ', 148, 'latin1') // the sum counts itself as blanks
  header.write('0', 156, 'latin1') // a plain file
  header.write('ustar\x0000', 257, 'latin1')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 6)} `, 148, 'latin1')
  return header
}

/** Zeros up to the next whole block. */
export function tarPadding(length: number): Buffer {
  return Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK)
}

/** Two empty blocks end a tar. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK)
}
