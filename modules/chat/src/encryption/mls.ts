/**
 * The parts of an MLS message that its carrier can read (RFC 9420): group, epoch and the joining device. The library is
 * loaded with the first message: it is 150 files, and most servers never need it.
 */

export interface SeenGroupInfo {
  readonly groupId: string
  readonly epoch: number
}

export interface SeenCommit extends SeenGroupInfo {
  /** Identity of the device that joins by this commit. */
  readonly joins: string | undefined
}

/** `undefined` when the bytes are not group information. */
export async function describeGroupInfo(bytes: Uint8Array): Promise<SeenGroupInfo | undefined> {
  const message = await decode(bytes)
  if (message?.wireformat !== 'mls_group_info') return undefined
  const { groupId, epoch } = message.groupInfo.groupContext
  return { groupId: Buffer.from(groupId).toString(), epoch: Number(epoch) }
}

/** `undefined` when the bytes are not a public commit that every member can verify. */
export async function describeCommit(bytes: Uint8Array): Promise<SeenCommit | undefined> {
  const message = await decode(bytes)
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

async function decode(bytes: Uint8Array) {
  const { decodeMlsMessage } = await import('ts-mls')
  try {
    const decoded = decodeMlsMessage(new Uint8Array(bytes), 0)
    return decoded?.[1] === bytes.length ? decoded[0] : undefined
  } catch {
    return undefined
  }
}
