/** The options of a QR code, and whether scanners can read it. Pure functions. */
import { requestOf } from '@octet/contracts'
import { links } from '@octet/contracts/links'

export interface QrOptions {
  readonly size: number
  readonly margin: number
  readonly ecc: 'L' | 'M' | 'Q' | 'H'
  /** Such as `#1a2b3c`. */
  readonly fg: string
  readonly bg: string
}

export const plainQr: QrOptions = { size: 512, margin: 4, ecc: 'M', fg: '#000000', bg: '#ffffff' }

/** A contrast by WCAG's formula. Below it, or light on dark, scanners fail. The server warns by the same rule. */
const contrastMin = 3

/** The address of the picture. */
export function qrAddress(id: string, format: 'svg' | 'png', { fg, bg, ...options }: QrOptions): string {
  return requestOf(links.operations.getLinkQr, { id, format, ...options, fg: fg.slice(1), bg: bg.slice(1) }).path
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

export function isHardToRead({ fg, bg }: Pick<QrOptions, 'fg' | 'bg'>): boolean {
  return (luminance(bg) + 0.05) / (luminance(fg) + 0.05) < contrastMin
}
