/**
 * A QR code as SVG, black on white in any theme so that cameras read it, with the quiet zone of four squares that the
 * standard asks for. The library is loaded with the first code.
 */
export async function qrCode(content: string): Promise<string> {
  const { renderSVG } = await import('uqr')
  return renderSVG(content, { ecc: 'M', border: 4 })
}
