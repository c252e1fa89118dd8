/** Advances a room's group: a device proposes a commit, and the server accepts one per epoch. */
import { base64Of, fromBase64 } from './bytes.ts'
import type { Device } from './device.ts'
import { epochOf, type Group, groupInfoOf, joinGroup, newGroup, removeDevices } from './group.ts'

/** The server's part of a group: chat's `getGroup` and `commitToGroup`. */
export interface GroupServer {
  getGroup(input: { roomId: string }): Promise<{ epoch: number; groupInfo: string | null; headSeq: number }>
  /** Rejects with `code: 'chat.epoch-moved'` when another device was first. */
  commitToGroup(input: {
    roomId: string
    epoch: number
    commit?: string
    groupInfo: string
  }): Promise<{ epoch: number; seq: number }>
}

/** Other devices have advanced the group: take the events that came, and try again. */
export class BehindError extends Error {}

const attemptsMax = 5
const isEpochMoved = (error: unknown) => (error as { code?: string }).code === 'chat.epoch-moved'

/** Creates the room's group or joins it. `seq` is the position of that event in the room's log. */
export async function enterGroup(
  device: Device,
  server: GroupServer,
  roomId: string,
): Promise<{ group: Group; seq: number }> {
  for (let attempt = 1; ; attempt++) {
    const { epoch, groupInfo } = await server.getGroup({ roomId })
    if (groupInfo === null && epoch > 0) {
      throw new BehindError('no device has published how to join yet; try again when another device is online')
    }
    const { group, commit } =
      groupInfo === null
        ? { group: await newGroup(device, roomId), commit: undefined }
        : await joinGroup(device, roomId, fromBase64(groupInfo))
    try {
      const { seq } = await server.commitToGroup({
        roomId,
        epoch,
        ...(commit === undefined ? {} : { commit: base64Of(commit) }),
        groupInfo: base64Of(await groupInfoOf(device, group)),
      })
      return { group, seq }
    } catch (error) {
      if (!isEpochMoved(error) || attempt >= attemptsMax) throw error
    }
  }
}

/** Removes devices from the group. Throws {@link BehindError} when another device was first. */
export async function putOut(
  { device, server, roomId }: { device: Device; server: GroupServer; roomId: string },
  group: Group,
  leafIndexes: readonly number[],
): Promise<Group> {
  const made = await removeDevices(device, group, leafIndexes)
  const commit = base64Of(made.commit)
  const groupInfo = base64Of(await groupInfoOf(device, made.group))
  await server.commitToGroup({ roomId, epoch: epochOf(group), commit, groupInfo }).catch(error => {
    throw isEpochMoved(error) ? new BehindError('another device was first', { cause: error }) : error
  })
  return made.group
}
