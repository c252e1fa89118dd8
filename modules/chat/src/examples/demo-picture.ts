/** The picture in the example rooms: hills before an evening sky, drawn in code so that no binary file is shipped. */
import { crc32, deflateSync } from 'node:zlib'

const [width, height] = [960, 600]

type Colour = readonly [red: number, green: number, blue: number]

const sky: Readonly<Record<'top' | 'half' | 'bottom', Colour>> = {
  top: [38, 45, 92],
  half: [214, 96, 88],
  bottom: [253, 206, 128],
}

interface Ridge {
  readonly at: number
  readonly waves: readonly (readonly [height: number, length: number])[]
  readonly colour: Colour
}

const far: Ridge = {
  at: 0.58,
  waves: [
    [0.06, 130],
    [0.02, 47],
  ],
  colour: [142, 92, 122],
}
const middle: Ridge = {
  at: 0.68,
  waves: [
    [0.05, 170],
    [0.015, 37],
  ],
  colour: [88, 66, 104],
}
const near: Ridge = {
  at: 0.8,
  waves: [
    [0.06, 210],
    [0.01, 23],
  ],
  colour: [40, 38, 66],
}
const ridges = [far, middle, near]
const sun = { x: 0.68, y: 0.5, radius: 0.055 }

/** The picture as PNG (ISO/IEC 15948): 8 bits of red, green and blue. */
export function drawDemoPicture(): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 3))
  let at = 0
  for (let y = 0; y < height; y++) {
    at++ // no filter
    for (let x = 0; x < width; x++) for (const part of colourAt(x, y)) rows[at++] = part
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.of())])
}

function colourAt(x: number, y: number): Colour {
  const ridge = ridges.findLast(({ at, waves }) => {
    const wave = waves.reduce((sum, [high, long]) => sum + high * Math.sin(x / long + at * 40), 0)
    return y / height > at - wave
  })
  if (ridge !== undefined) return ridge.colour
  const distance = Math.hypot(x / width - sun.x, ((y / height - sun.y) * height) / width)
  if (distance < sun.radius) return [255, 244, 214]
  const glow = Math.max(0, 1 - distance / 0.4) ** 3 * 0.6
  return blend(skyAt(y / height / 0.62), [255, 224, 150], glow)
}

function skyAt(depth: number): Colour {
  return depth < 0.6
    ? blend(sky.top, sky.half, depth / 0.6)
    : blend(sky.half, sky.bottom, Math.min(1, (depth - 0.6) / 0.4))
}

function blend(from: Colour, to: Colour, share: number): Colour {
  const mixed = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share)
  return [mixed(0), mixed(1), mixed(2)]
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const whole = Buffer.alloc(body.byteLength + 8)
  whole.writeUInt32BE(data.byteLength, 0)
  whole.set(body, 4)
  whole.writeUInt32BE(crc32(body), body.byteLength + 4)
  return whole
}
