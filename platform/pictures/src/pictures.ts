/**
 * Pictures are decoded and drawn again: people see only what this process drew, without EXIF, without colour profiles
 * that lie, and without bytes after the end. The work is done by sharp's own threads, never on the event loop.
 */
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createFairQueue } from './fair-queue.ts'
import type { PictureKind } from './kinds.ts'

/** Pixels of all frames together. A file of a few kilobytes can claim billions: it is refused undecoded. */
const pixelsMax = 50_000_000
const secondsMax = 15
/** One at a time: libvips takes memory by the pixel, and its threads are those that wait for the disk. */
const queue = { atOnce: 1, waitingMax: 32, waitingPerAccountMax: 8 } as const

/** The bytes are not a picture, are damaged, or hold more pixels than are decoded. */
export class NotAPictureError extends Error {
  override readonly name = 'NotAPictureError'
}

export interface DrawnPicture {
  readonly contentType: string
  readonly width: number
  readonly height: number
}

/** Reads what was drawn, to its end: usually by storing it. */
export type PictureReader = (drawn: AsyncIterable<Uint8Array>) => Promise<unknown>

/**
 * All of them throw {@link NotAPictureError}, and `rate-limited` while too many wait. `account` is whose turn the work
 * takes. The size of what was drawn is known when `use` has read it to its end.
 */
export interface Pictures {
  /** The whole picture in its own format, upright; AVIF becomes JPEG. */
  redraw(
    source: Readable,
    options: { readonly account: string; readonly kind: PictureKind },
    use: PictureReader,
  ): Promise<DrawnPicture>
  /** In WebP, neither side longer than `edge`; of an animation the first frame. */
  shrink(
    source: Readable,
    options: { readonly account: string; readonly edge: number },
    use: PictureReader,
  ): Promise<DrawnPicture>
  /** A square of the picture's centre in WebP; of an animation the first frame. */
  square(
    source: Readable,
    options: { readonly account: string; readonly edge: number },
    use: PictureReader,
  ): Promise<DrawnPicture>
}

/** One queue for the process. */
export function createPictures(): Pictures {
  const turns = createFairQueue(queue)
  return {
    redraw: (source, { account, kind }, use) =>
      turns.run(account, async () => {
        const sharp = await load()
        const image = sharp({ animated: kind === 'image/gif' || kind === 'image/webp', ...bounds }).autoOrient()
        return draw(source, inFormat(image, kind), use)
      }),
    shrink: (source, { account, edge }, use) =>
      turns.run(account, async () => {
        const sharp = await load()
        const size = { width: edge, height: edge, fit: 'inside', withoutEnlargement: true } as const
        return draw(source, sharp(bounds).autoOrient().resize(size).webp({ quality: 75 }), use)
      }),
    square: (source, { account, edge }, use) =>
      turns.run(account, async () => {
        const sharp = await load()
        const size = { width: edge, height: edge, fit: 'cover', position: 'centre' } as const
        return draw(source, sharp(bounds).autoOrient().resize(size).webp({ quality: 80 }), use)
      }),
  }
}

const bounds = { limitInputPixels: pixelsMax, failOn: 'error', sequentialRead: true } as const

type Sharp = typeof import('sharp')['default']
type Drawing = ReturnType<Sharp>
let loaded: Promise<Sharp> | undefined

/** The library costs 20 MB of memory, so it is loaded with the first picture. */
function load(): Promise<Sharp> {
  loaded ??= import('sharp').then(({ default: sharp }) => prepared(sharp))
  return loaded
}

/** Only these decoders may run, whatever the bytes say they are. */
function prepared(sharp: Sharp): Sharp {
  sharp.cache(false)
  sharp.concurrency(1)
  sharp.block({ operation: ['VipsForeignLoad'] })
  const decoders = ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp', 'VipsForeignLoadNsgif']
  sharp.unblock({ operation: [...decoders, 'VipsForeignLoadHeif'] })
  return sharp
}

function inFormat(image: Drawing, kind: PictureKind): Drawing {
  switch (kind) {
    case 'image/png':
      return image.png({ compressionLevel: 7 })
    case 'image/gif':
      return image.gif({ effort: 3 })
    case 'image/webp':
      return image.webp({ quality: 85, effort: 3 })
    case 'image/jpeg':
    case 'image/avif': // not every program shows it
      return image.jpeg({ quality: 88 })
  }
}

async function draw(source: Readable, image: Drawing, use: PictureReader): Promise<DrawnPicture> {
  let info: import('sharp').OutputInfo | undefined
  const pipe = image.timeout({ seconds: secondsMax }).once('info', found => {
    info = found
  })
  const drawn = new PassThrough()
  const drawing = pipeline(source, pipe, drawn)
  // When the stream breaks, its own error is the reason; when the reader fails by itself, the reader's error is.
  const reading = use(drawn).catch(error => {
    throw drawn.errored ?? error
  })
  try {
    await Promise.all([drawing, reading])
  } catch (error) {
    source.destroy()
    await Promise.allSettled([drawing, reading])
    throw isOfSharp(error) ? new NotAPictureError('the picture cannot be decoded', { cause: error }) : error
  }
  if (info === undefined) throw new NotAPictureError('nothing was drawn')
  const { format: name, width, height, pageHeight } = info as import('sharp').OutputInfo & { pageHeight?: number }
  return { contentType: `image/${name}`, width, height: pageHeight ?? height }
}

/** Its errors have no class of their own and no code; those of streams and of storage have. */
function isOfSharp(error: unknown): boolean {
  return error instanceof Error && !('code' in error) && /input|image|vips|timeout|pixel|buffer/i.test(error.message)
}
