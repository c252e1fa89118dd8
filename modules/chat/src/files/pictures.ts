/**
 * Pictures are decoded and written anew: what is shown is what this process drew, without EXIF, colour profiles that
 * lie, or bytes after the end. One at a time: libvips takes memory by the pixel.
 */
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { chat, commonProblem, problemsOf } from '@octet/contracts'

const problem = problemsOf(chat)

/** All frames of an animation together. A picture of a few kilobytes can claim billions: it is refused unread. */
const pixelsMax = 50_000_000
const secondsMax = 15
const waitingMax = 16
const thumbnailEdge = 480

export interface Picture {
  readonly contentType: string
  readonly width: number
  readonly height: number
}

export interface Pictures {
  /**
   * Runs `use` with the picture drawn anew as a stream; `picture` is known when that has been read to its end. Throws
   * `file-not-a-picture`, and `rate-limited` while too many wait.
   */
  redraw(source: Readable, kind: string, use: (drawn: AsyncIterable<Uint8Array>) => Promise<unknown>): Promise<Picture>
  /** The same for a small picture of it in WebP; of animations the first frame. */
  shrink(source: Readable, use: (drawn: AsyncIterable<Uint8Array>) => Promise<unknown>): Promise<Picture>
}

/** One queue for the process. */
export function createPictures(): Pictures {
  let waiting = 0
  let tail: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting >= waitingMax) throw commonProblem('rate-limited', { retryAfterMs: 5_000 })
    waiting++
    const turn = tail.then(work).finally(() => waiting--)
    tail = turn.catch(() => undefined)
    return turn
  }
  return {
    redraw: (source, kind, use) =>
      inTurn(async () => {
        const sharp = await load()
        const image = sharp({ animated: kind === 'image/gif' || kind === 'image/webp', ...bounds }).autoOrient()
        return draw(source, format(image, kind), use)
      }),
    shrink: (source, use) =>
      inTurn(async () => {
        const sharp = await load()
        const size = { width: thumbnailEdge, height: thumbnailEdge, fit: 'inside', withoutEnlargement: true } as const
        return draw(source, sharp(bounds).autoOrient().resize(size).webp({ quality: 75 }), use)
      }),
  }
}

const bounds = { limitInputPixels: pixelsMax, failOn: 'error', sequentialRead: true } as const

type Drawing = ReturnType<typeof import('sharp')['default']>
let loaded: Promise<typeof import('sharp')['default']> | undefined

/** The library costs 20 MB of memory, so it is loaded with the first picture. */
function load(): Promise<typeof import('sharp')['default']> {
  const loading = loaded ?? import('sharp').then(({ default: sharp }) => prepared(sharp))
  loaded = loading
  return loading
}

/** Only these decoders may run, whatever the bytes say they are. */
function prepared(sharp: typeof import('sharp')['default']): typeof import('sharp')['default'] {
  sharp.cache(false)
  sharp.concurrency(1)
  sharp.block({ operation: ['VipsForeignLoad'] })
  const decoders = ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp', 'VipsForeignLoadNsgif']
  sharp.unblock({ operation: [...decoders, 'VipsForeignLoadHeif'] })
  return sharp
}

function format(image: Drawing, kind: string): Drawing {
  if (kind === 'image/png') return image.png({ compressionLevel: 7 })
  if (kind === 'image/gif') return image.gif({ effort: 3 })
  if (kind === 'image/webp') return image.webp({ quality: 85, effort: 3 })
  return image.jpeg({ quality: 88 })
}

async function draw(
  source: Readable,
  image: Drawing,
  use: (drawn: AsyncIterable<Uint8Array>) => Promise<unknown>,
): Promise<Picture> {
  let info: import('sharp').OutputInfo | undefined
  const drawing = image.timeout({ seconds: secondsMax }).once('info', found => {
    info = found
  })
  const drawn = new PassThrough()
  const reading = pipeline(source, drawing, drawn)
  try {
    await Promise.all([reading, use(drawn)])
  } catch (error) {
    source.destroy()
    // Whoever reads is told that the stream broke; why is what the drawing says.
    const why = await reading.then(
      () => error,
      cause => cause,
    )
    throw isOfSharp(why) ? problem('file-not-a-picture') : why
  }
  if (info === undefined) throw problem('file-not-a-picture')
  const { format: name, width, height, pageHeight } = info as import('sharp').OutputInfo & { pageHeight?: number }
  return { contentType: `image/${name}`, width, height: pageHeight ?? height }
}

/** Its errors have no class of their own and no code; those of streams and of storage have. */
function isOfSharp(error: unknown): boolean {
  return error instanceof Error && !('code' in error) && /input|image|vips|timeout|pixel|buffer/i.test(error.message)
}
