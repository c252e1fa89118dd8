import { type Input, type Output, requireUser } from '@octet/contracts'
import type { chat } from '@octet/contracts/chat'
import type { Tx } from '@octet/db'
import { type ChatContext, problem } from '../context.ts'
import { accessAsReader, lockAsMember } from '../rooms/access.ts'
import { describeCommit, describeGroupInfo } from './mls.ts'
import * as encryptionStore from './store.ts'

/**
 * Moves the group of an encrypted room to its next epoch, or creates it (epoch 0, no commit). The room lock and the
 * epoch decide between devices that commit concurrently. The commit is an event of the room, so every device applies it
 * at the same place. Throws `epoch-moved`, `not-encrypted`, `commit-refused`.
 */
export async function commitToGroup(
  ctx: ChatContext,
  input: Input<typeof chat, 'commitToGroup'>,
): Promise<Output<typeof chat, 'commitToGroup'>> {
  const { roomId, commit } = input
  await checkCommit(input, requireUser(ctx.actor).userId)
  return ctx.once('chat.commitToGroup', async tx => {
    const { room, userId } = await lockAsMember(ctx, tx, roomId)
    if (!room.is_encrypted) throw problem('not-encrypted')
    const epoch = await moved(tx, input)
    const body = { epoch, commit: commit ?? null }
    const { event } = await tx.append('room', roomId, { type: 'group-changed', body, from: userId })
    return { epoch, seq: event.seq }
  })
}

/** The server cannot read messages, but it sees which device joins: a caller can only add a device of their own. */
async function checkCommit(input: Input<typeof chat, 'commitToGroup'>, userId: string): Promise<void> {
  const info = await describeGroupInfo(Buffer.from(input.groupInfo, 'base64'))
  const next = input.commit === undefined ? 0 : input.epoch + 1
  if (info?.groupId !== input.roomId || info.epoch !== next) throw problem('commit-refused')
  if (input.commit === undefined) return
  const commit = await describeCommit(Buffer.from(input.commit, 'base64'))
  if (commit?.groupId !== input.roomId || commit.epoch !== input.epoch) throw problem('commit-refused')
  if (commit.joins !== undefined && !commit.joins.startsWith(`${userId}:`)) throw problem('commit-refused')
}

async function moved(tx: Tx<typeof chat>, input: Input<typeof chat, 'commitToGroup'>): Promise<number> {
  const { roomId, epoch, commit } = input
  const groupInfo = Buffer.from(input.groupInfo, 'base64')
  const isFirst = commit === undefined && epoch === 0
  const done = isFirst
    ? await encryptionStore.insertGroup(tx, roomId, 0, groupInfo)
    : commit !== undefined && (await encryptionStore.moveGroup(tx, roomId, epoch, groupInfo))
  if (!done) throw problem('epoch-moved')
  return isFirst ? 0 : epoch + 1
}

/** Admits members of an encrypted room. Throws `not-encrypted`, `not-a-member`. */
export async function accessEncrypted(ctx: ChatContext, roomId: string): Promise<{ userId: string; roomId: string }> {
  const room = await accessAsReader(ctx, roomId)
  if (!room.is_encrypted) throw problem('not-encrypted')
  return { userId: requireUser(ctx.actor).userId, roomId }
}
