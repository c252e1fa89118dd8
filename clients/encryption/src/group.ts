/** One room's MLS group as this device sees it: pure steps from state to state, and the stored form of a state. */
import {
  type ClientConfig,
  type ClientState,
  type Credential,
  createApplicationMessage,
  createCommit,
  createGroup,
  createGroupInfoWithExternalPubAndRatchetTree,
  decodeGroupState,
  decodeMlsMessage,
  defaultAuthenticationService,
  defaultCapabilities,
  defaultKeyPackageEqualityConfig,
  defaultKeyRetentionConfig,
  defaultLifetime,
  defaultLifetimeConfig,
  defaultPaddingConfig,
  emptyPskIndex,
  encodeGroupState,
  encodeMlsMessage,
  generateKeyPackageWithKey,
  joinGroupExternal,
  type MLSMessage,
  type ProposalWithSender,
  processMessage,
  zeroOutUint8Array,
} from 'ts-mls'
import { bytesOf, textOf } from './bytes.ts'
import { type Device, userOf } from './device.ts'

/** Senders may be some epochs behind when their message gets its position in the room. */
const epochsKept = 16

const config: ClientConfig = {
  keyRetentionConfig: { ...defaultKeyRetentionConfig, retainKeysForEpochs: epochsKept },
  lifetimeConfig: defaultLifetimeConfig,
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  paddingConfig: defaultPaddingConfig,
  // The owner of a credential is compared with the sender that the server names; see `judge`.
  authService: defaultAuthenticationService,
}

export type Group = ClientState

/** A device of the group, for people to compare. */
export interface Fingerprint {
  readonly userId: string
  readonly identity: string
  /** Fingerprint of the device's signing key. */
  readonly publicKey: Uint8Array
}

export function encodeGroup(group: Group): Uint8Array {
  return encodeGroupState(group)
}

export function decodeGroup(bytes: Uint8Array): Group {
  const decoded = decodeGroupState(bytes, 0)
  if (decoded === undefined) throw new Error('a kept group cannot be read')
  return { ...decoded[0], clientConfig: config }
}

export const epochOf = (group: Group): number => Number(group.groupContext.epoch)

/** The devices in the group, with their positions in its tree. */
export function devicesOf(group: Group): (Fingerprint & { readonly leafIndex: number })[] {
  return group.ratchetTree.flatMap((node, index) => {
    if (node?.nodeType !== 'leaf') return []
    const identity = identityOf(node.leaf.credential)
    return [{ leafIndex: index / 2, userId: userOf(identity), identity, publicKey: node.leaf.signaturePublicKey }]
  })
}

function identityOf(credential: Credential): string {
  return credential.credentialType === 'basic' ? textOf(credential.identity) : ''
}

async function keyPackageOf({ suite, identity, signKey, publicKey }: Device) {
  const credential: Credential = { credentialType: 'basic', identity: bytesOf(identity) }
  const capabilities = defaultCapabilities()
  return generateKeyPackageWithKey(credential, capabilities, defaultLifetime, [], { signKey, publicKey }, suite)
}

/** A group with only this device. */
export async function newGroup(device: Device, roomId: string): Promise<Group> {
  const { publicPackage, privatePackage } = await keyPackageOf(device)
  return createGroup(bytesOf(roomId), publicPackage, privatePackage, [], device.suite, config)
}

/** The data that another device needs to join from outside. */
export async function groupInfoOf(device: Device, group: Group): Promise<Uint8Array> {
  const groupInfo = await createGroupInfoWithExternalPubAndRatchetTree(group, [], device.suite)
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_group_info', groupInfo })
}

/**
 * Joins from outside by an external commit (RFC 9420, 12.4.3.2): no other device needs to be online. A previous
 * position of the same device in the group is replaced by the new one.
 */
export async function joinGroup(
  device: Device,
  roomId: string,
  groupInfo: Uint8Array,
): Promise<{ group: Group; commit: Uint8Array }> {
  const message = decodeMlsMessage(groupInfo, 0)?.[0]
  if (message?.wireformat !== 'mls_group_info') throw new Error('the server sent no group information')
  if (textOf(message.groupInfo.groupContext.groupId) !== roomId) throw new Error('that is the group of another room')
  const { publicPackage, privatePackage } = await keyPackageOf(device)
  const join = (resync: boolean) =>
    joinGroupExternal(message.groupInfo, publicPackage, privatePackage, resync, device.suite, undefined, config)
  const first = await join(false).catch(() => join(true))
  const isTwice = devicesOf(first.newState).filter(({ identity }) => identity === device.identity).length > 1
  const { newState, publicMessage } = isTwice ? await join(true) : first
  const commit = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_public_message', publicMessage })
  return { group: newState, commit }
}

/** A commit that removes devices; they cannot read anything after it. */
export async function removeDevices(
  device: Device,
  group: Group,
  leafIndexes: readonly number[],
): Promise<{ group: Group; commit: Uint8Array }> {
  const { newState, commit, consumed } = await createCommit(
    { state: group, cipherSuite: device.suite },
    {
      wireAsPublicMessage: true,
      extraProposals: leafIndexes.map(removed => ({ proposalType: 'remove', remove: { removed } })),
    },
  )
  consumed.forEach(zeroOutUint8Array)
  return { group: newState, commit: encodeMlsMessage(commit) }
}

/** The facts by which a commit is judged: its author, and the members at that position of the log. */
export interface CommitRules {
  /** The user that the server names as its author. */
  readonly from: string
  readonly isMember: (userId: string) => boolean
}

/**
 * Applies another device's commit. Throws for commits that clients never make: adding a device of another user, or
 * removing a device of a current member who did not do it themselves.
 */
export async function applyCommit(
  device: Device,
  group: Group,
  commit: Uint8Array,
  rules: CommitRules,
): Promise<Group> {
  const message = decodeMlsMessage(commit, 0)?.[0]
  if (message?.wireformat !== 'mls_public_message') throw new Error('not a commit')
  judgeJoin(message, rules)
  const devices = devicesOf(group)
  const result = await processMessage(
    message,
    group,
    emptyPskIndex,
    incoming => {
      const proposals = incoming.kind === 'commit' ? incoming.proposals : [incoming.proposal]
      return proposals.every(each => isAllowed(each, devices, rules)) ? 'accept' : 'reject'
    },
    device.suite,
  )
  if (result.kind !== 'newState' || result.actionTaken !== 'accept') throw new Error('a commit that is not allowed')
  result.consumed.forEach(zeroOutUint8Array)
  return result.newState
}

function judgeJoin(message: MLSMessage, { from, isMember }: CommitRules): void {
  if (message.wireformat !== 'mls_public_message') return
  const { content } = message.publicMessage
  if (content.contentType !== 'commit') throw new Error('not a commit')
  if (content.sender.senderType !== 'new_member_commit') return
  const leaf = content.commit.path?.leafNode
  const joining = leaf === undefined ? '' : userOf(identityOf(leaf.credential))
  if (joining !== from || !isMember(joining)) throw new Error(`a device of ${joining} was let in by ${from}`)
}

function isAllowed(
  { proposal }: ProposalWithSender,
  devices: readonly (Fingerprint & { leafIndex: number })[],
  rules: CommitRules,
) {
  if (proposal.proposalType === 'external_init') return true
  if (proposal.proposalType !== 'remove') return false
  const removed = devices.find(({ leafIndex }) => leafIndex === proposal.remove.removed)
  return removed === undefined || removed.userId === rules.from || !rules.isMember(removed.userId)
}

/** Encrypts for the devices of this epoch. Store the returned state before the message leaves. */
export async function seal(
  device: Device,
  group: Group,
  plain: Uint8Array,
): Promise<{ group: Group; sealed: Uint8Array }> {
  const { newState, privateMessage, consumed } = await createApplicationMessage(group, plain, device.suite)
  consumed.forEach(zeroOutUint8Array)
  return {
    group: newState,
    sealed: encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage }),
  }
}

/** Throws for a message that was not sealed for this device. */
export async function unseal(
  device: Device,
  group: Group,
  sealed: Uint8Array,
): Promise<{ group: Group; plain: Uint8Array }> {
  const message = decodeMlsMessage(sealed, 0)?.[0]
  if (message?.wireformat !== 'mls_private_message') throw new Error('not a sealed message')
  const result = await processMessage(message, group, emptyPskIndex, () => 'reject', device.suite)
  if (result.kind !== 'applicationMessage') throw new Error('not a message')
  result.consumed.forEach(zeroOutUint8Array)
  return { group: result.newState, plain: result.message }
}
