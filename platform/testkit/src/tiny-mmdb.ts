/** Writes a small database in MaxMind's format (MaxMind DB File Format Specification 2.0). */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defer, type Test } from './cleanup.ts'

type Value = string | number | { readonly [key: string]: Value }
type Networks = Readonly<Record<string, Value>>

/** A file for `OCTET_GEO_DATABASE`, gone when the test ends. `networks`: see {@link tinyMmdb}. */
export async function geoDatabase(t: Test, networks: Networks): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'octet-geo-'))
  defer(t, () => rm(dir, { recursive: true, force: true }))
  const path = join(dir, 'city.mmdb')
  await writeFile(path, tinyMmdb(networks))
  return path
}

/** `networks`: IPv4 prefix (`192.0.2.0/24`) → record. */
function tinyMmdb(networks: Networks): Buffer {
  const root: Node = {}
  const data: Buffer[] = []
  let dataBytes = 0
  for (const [network, value] of Object.entries(networks)) {
    const [address = '', bits = '32'] = network.split('/')
    const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    let node = root
    for (let bit = 0; bit < Number(bits); bit++) {
      const side = (number / 2 ** (31 - bit)) & 1 ? 'one' : 'zero'
      if (bit === Number(bits) - 1) node[side] = { offset: dataBytes }
      else {
        node[side] ??= {}
        node = node[side] as Node
      }
    }
    const bytes = encode(value)
    data.push(bytes)
    dataBytes += bytes.length
  }
  const nodes: Node[] = []
  const collect = (node: Node) => {
    node.number = nodes.push(node) - 1
    for (const side of [node.zero, node.one]) if (side !== undefined && !('offset' in side)) collect(side as Node)
  }
  collect(root)
  const tree = Buffer.alloc(nodes.length * 6)
  for (const [index, node] of nodes.entries()) {
    for (const [at, side] of [node.zero, node.one].entries()) {
      const record =
        side === undefined
          ? nodes.length
          : 'offset' in side
            ? nodes.length + 16 + (side.offset as number)
            : (side.number as number)
      tree.writeUIntBE(record, index * 6 + at * 3, 3)
    }
  }
  const metadata = encode({
    ...{ node_count: nodes.length, record_size: 24, ip_version: 4, database_type: 'Tiny-City' },
    ...{ binary_format_major_version: 2, binary_format_minor_version: 0, build_epoch: 1_790_000_000 },
  })
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), metadata])
}

interface Node {
  zero?: Node | { offset: number }
  one?: Node | { offset: number }
  number?: number
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') {
    const text = Buffer.from(value)
    return Buffer.concat([Buffer.from([(2 << 5) | text.length]), text])
  }
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(5)
    bytes[0] = (6 << 5) | 4
    bytes.writeUInt32BE(value, 1)
    return bytes
  }
  const entries = Object.entries(value)
  return Buffer.concat([
    Buffer.from([(7 << 5) | entries.length]),
    ...entries.flatMap(([key, member]) => [encode(key), encode(member)]),
  ])
}
