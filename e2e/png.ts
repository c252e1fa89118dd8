/** A picture of a given size. */
import { crc32, deflateSync } from 'node:zlib'

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(typed.byteLength + 8)
  framed.writeUInt32BE(data.byteLength, 0)
  typed.copy(framed, 4)
  framed.writeUInt32BE(crc32(typed), framed.byteLength - 4)
  return framed
}

/** A PNG with a colour gradient. */
export function makePng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2], 8) // eight bits for each of red, green and blue
  const rows = Buffer.alloc((width * 3 + 1) * height)
  for (let y = 0; y < height; y++) {
    const row = y * (width * 3 + 1) + 1 // a filter byte begins each row
    for (let x = 0; x < width; x++) {
      rows.set([250 - (y * 160) / height, 120 + (x * 100) / width, 80 + (y * 120) / height], row + x * 3)
    }
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
