import { createHash } from 'node:crypto'
import { commonProblem, type FieldError } from '@octet/contracts'
import QRCode from 'qrcode'
import { accessLink } from './access.ts'
import type { LinksContext } from './context.ts'
import { linkOf } from './rules.ts'

export interface QrPicture {
  readonly type: 'image/svg+xml' | 'image/png'
  readonly body: Buffer
  readonly etag: string
  /** Too little contrast, or light on dark: many readers will not see it. */
  readonly isHardToRead: boolean
}

interface QrOptions {
  readonly format: 'svg' | 'png'
  readonly size: number
  readonly margin: number
  readonly ecc: 'L' | 'M' | 'Q' | 'H'
  readonly fg: string
  readonly bg: string
}

const sizeRange = { min: 64, max: 2_048 }
const marginMax = 20
/** WCAG's formula; below this, and with colours the wrong way round, readers fail. */
const contrastMin = 3

/**
 * A QR code of one of the caller's links. Throws `not-found`, and `validation-failed` naming each wrong option:
 * `format` svg or png, `size` 64–2048, `margin` 0–20 modules, `ecc` L, M, Q or H, `fg` and `bg` as six hex digits.
 */
export async function getLinkQr(
  ctx: LinksContext,
  id: string,
  query: Readonly<Record<string, unknown>>,
): Promise<QrPicture> {
  const options = readOptions(query)
  const link = linkOf(await accessLink(ctx.db, ctx.actor, id), ctx.origin)
  const drawing = {
    errorCorrectionLevel: options.ecc,
    margin: options.margin,
    width: options.size,
    color: { dark: `#${options.fg}`, light: `#${options.bg}` },
  }
  const isSvg = options.format === 'svg'
  const body = isSvg
    ? Buffer.from(await QRCode.toString(link.shortUrl, { ...drawing, type: 'svg' }))
    : await QRCode.toBuffer(link.shortUrl, drawing)
  const fg = luminance(options.fg)
  const bg = luminance(options.bg)
  return {
    type: isSvg ? 'image/svg+xml' : 'image/png',
    body,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    isHardToRead: (bg + 0.05) / (fg + 0.05) < contrastMin,
  }
}

function readOptions(query: Readonly<Record<string, unknown>>): QrOptions {
  const errors: FieldError[] = []
  const choose = (name: string, fallback: string, pattern: RegExp, message: string): string => {
    const value = query[name] ?? fallback
    if (typeof value === 'string' && pattern.test(value)) return value
    errors.push({ path: `/${name}`, message })
    return fallback
  }
  const colour = /^[0-9a-f]{6}$/i
  const options: QrOptions = {
    format: choose('format', 'svg', /^(svg|png)$/, 'is svg or png') as 'svg' | 'png',
    size: Number(choose('size', '512', /^\d{1,4}$/, 'is a number from 64 to 2048')),
    margin: Number(choose('margin', '4', /^\d{1,2}$/, 'is a number from 0 to 20')),
    ecc: choose('ecc', 'M', /^[LMQH]$/, 'is L, M, Q or H') as QrOptions['ecc'],
    fg: choose('fg', '000000', colour, 'is a colour like 1a2b3c'),
    bg: choose('bg', 'ffffff', colour, 'is a colour like 1a2b3c'),
  }
  if (options.size < sizeRange.min || options.size > sizeRange.max) {
    errors.push({ path: '/size', message: 'is a number from 64 to 2048' })
  }
  if (options.margin > marginMax) errors.push({ path: '/margin', message: 'is a number from 0 to 20' })
  if (errors.length > 0) throw commonProblem('validation-failed', { errors })
  return options
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map(at => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
