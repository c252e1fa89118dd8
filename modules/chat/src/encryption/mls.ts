/** The parts of an MLS message that its carrier can read (RFC 9420): group, epoch and the joining device. */
import { decodeMlsMessage } from 'ts-mls'

export interface SeenGroupInfo {
  readonly groupId: string
  readonly epoch: number
}

export interface SeenCommit extends SeenGroupInfo {
  /** Identity of the device that joins by this commit. */
  readonly joins: string | undefined
}

/** `undefined` when the bytes are not group information. */
export function describeGroupInfo(bytes: Uint8Array): SeenGroupInfo | undefined {
  const message = decode(bytes)
  if (message?.wireformat !== 'mls_group_info') return undefined
  const { groupId, epoch } = message.groupInfo.groupContext
  return { groupId: Buffer.from(groupId).toString(), epoch: Number(epoch) }
}

/** `undefined` when the bytes are not a public commit that every member can verify. */
export function describeCommit(bytes: Uint8Array): SeenCommit | undefined {
  const message = decode(bytes)
  if (message?.wireformat !== 'mls_public_message') return undefined
  const { content } = message.publicMessage
  if (content.contentType !== 'commit') return undefined
  const isJoin = content.sender.senderType === 'new_member_commit'
  const credential = content.commit.path?.leafNode.credential
  const identity = credential?.credentialType === 'basic' ? Buffer.from(credential.identity).toString() : ''
  return {
    groupId: Buffer.from(content.groupId).toString(),
    epoch: Number(content.epoch),
    joins: isJoin ? identity : undefined,
  }
}

function decode(bytes: Uint8Array) {
  try {
    const decoded = decodeMlsMessage(new Uint8Array(bytes), 0)
    return decoded?.[1] === bytes.length ? decoded[0] : undefined
  } catch {
    return undefined
  }
}
