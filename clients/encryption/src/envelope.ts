/**
 * The content of a sealed message. MLS proves that some device of the group wrote it, but the library does not report
 * which. So the device signs it as well, and a member who colludes with the server cannot impersonate another.
 */
import { base64Of, bytesOf, fromBase64, textOf } from './bytes.ts'
import { type Device, userOf } from './device.ts'

interface Envelope {
  readonly device: string
  readonly text: string
  readonly signature: string
}

/** A signature is valid in this room, for this cmid, and nowhere else. */
const signed = (roomId: string, cmid: string, text: string) => bytesOf(`octet message\n${roomId}\n${cmid}\n${text}`)

export async function writeEnvelope(
  { suite, identity, signKey }: Device,
  { roomId, cmid, text }: { roomId: string; cmid: string; text: string },
): Promise<Uint8Array> {
  const signature = await suite.signature.sign(signKey, signed(roomId, cmid, text))
  return bytesOf(JSON.stringify({ device: identity, text, signature: base64Of(signature) } satisfies Envelope))
}

export interface Origin {
  readonly roomId: string
  /** As the server reports it. */
  readonly from: string
  readonly cmid: string
  /** The key of a device that is or was in the group. */
  readonly publicKeyOf: (identity: string) => Uint8Array | undefined
}

/** The text, if a device of the sender signed it. Throws otherwise. */
export async function readEnvelope({ suite }: Device, plain: Uint8Array, origin: Origin): Promise<string> {
  const { device, text, signature } = JSON.parse(textOf(plain)) as Partial<Envelope>
  if (typeof device !== 'string' || typeof text !== 'string' || typeof signature !== 'string') {
    throw new Error('a message of another form')
  }
  if (userOf(device) !== origin.from)
    throw new Error(`${origin.from} did not write this; a device of ${userOf(device)} did`)
  const publicKey = origin.publicKeyOf(device)
  const bytes = signed(origin.roomId, origin.cmid, text)
  if (publicKey === undefined || !(await suite.signature.verify(publicKey, bytes, fromBase64(signature)))) {
    throw new Error('a signature that does not fit')
  }
  return text
}
