import { createHash } from 'node:crypto'
import type { Input } from '@octet/contracts'
import type { links } from '@octet/contracts/links'
import type { LinksContext } from '../context.ts'
import { accessLink } from '../manage/access.ts'
import { linkOf } from '../manage/rules.ts'

export interface QrPicture {
  readonly type: 'image/svg+xml' | 'image/png'
  readonly body: Buffer
  readonly etag: string
  /** Too little contrast, or light on dark: many readers cannot scan it. */
  readonly isHardToRead: boolean
}

/** Contrast ratio by WCAG. Below this, or with inverted colours, readers fail. */
const contrastMin = 3

/** A QR code of one of the caller's links. */
export async function getLinkQr(ctx: LinksContext, input: Input<typeof links, 'getLinkQr'>): Promise<QrPicture> {
  const { format = 'svg', size = 512, margin = 4, ecc = 'M', fg = '000000', bg = 'ffffff' } = input
  const link = linkOf(await accessLink(ctx.db, ctx.actor, input.id), ctx.origin)
  const drawing = {
    errorCorrectionLevel: ecc,
    margin,
    width: size,
    color: { dark: `#${fg}`, light: `#${bg}` },
  }
  const isSvg = format === 'svg'
  const { default: QRCode } = await import('qrcode') // loaded with the first code: most processes draw none
  const body = isSvg
    ? Buffer.from(await QRCode.toString(link.shortUrl, { ...drawing, type: 'svg' }))
    : await QRCode.toBuffer(link.shortUrl, drawing)
  const [dark, light] = [luminance(fg), luminance(bg)]
  return {
    type: isSvg ? 'image/svg+xml' : 'image/png',
    body,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    isHardToRead: (light + 0.05) / (dark + 0.05) < contrastMin,
  }
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map(at => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
