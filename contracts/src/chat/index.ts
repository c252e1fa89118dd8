/** The contract of chat: rooms, their messages in one order for all members, and receipts. */

import { defineContract } from '../define.ts'
import { encryptionOperations } from './encryption.ts'
import { fileOperations } from './files.ts'
import { memberOperations } from './members.ts'
import { messageOperations } from './messages.ts'
import { presenceOperations } from './presence.ts'
import { roomOperations } from './rooms.ts'
import { inboxStream, presenceStream, readsStream, receiptsStream, roomStream } from './streams.ts'

export { fileBytesMax, messageFilesMax } from './files.ts'
export {
  type Cursor,
  type FileInfo,
  type Member,
  type MemberRole,
  type Message,
  memberRoles,
  type Preview,
  type Room,
} from './shapes.ts'

export const chat = defineContract({
  name: 'chat',
  problems: {
    'room-name-taken': { status: 409, title: 'There is a public room of that name.' },
    'encrypted-rooms-are-private': { status: 400, title: 'An encrypted room is private and stays so.' },
    'person-not-reachable': { status: 404, title: 'That person cannot be reached.' },
    'not-a-member': { status: 403, title: 'Join the room first.' },
    'not-in-direct': { status: 400, title: 'A direct conversation has neither roles nor settings.' },
    'role-too-low': { status: 403, title: 'Your role in this room does not allow it.' },
    'last-owner': { status: 409, title: 'The room must keep at least one owner.' },
    'room-full': { status: 409, title: 'The room is full.' },
    banned: { status: 403, title: 'A moderator has closed this room to that person.' },
    muted: { status: 403, title: 'A moderator has muted you here for a while.' },
    'invitation-invalid': { status: 404, title: 'This invitation was used up, revoked or has expired.' },
    'cmid-reused': { status: 409, title: 'This cmid was used for another message.' },
    'not-encrypted': { status: 409, title: 'This room is not encrypted.' },
    'commit-refused': { status: 400, title: 'The room cannot accept that commit.' },
    'epoch-moved': { status: 409, title: 'The group has changed; apply the missing commits and try again.' },
    'message-gone': { status: 409, title: 'That message has been deleted.' },
    'not-yours': { status: 403, title: 'Only its author may change a message.' },
    'own-message': { status: 400, title: 'That is your own message.' },
    'too-many-reactions': { status: 409, title: 'This message has reached the limit for kinds of reactions.' },
    'too-many-pins': { status: 409, title: 'This room has reached the limit for pinned messages.' },
    'file-not-there': {
      status: 409,
      title: 'One of the files does not exist, or belongs to another message or person.',
    },
    'file-refused': { status: 415, title: 'The file is not of the type that its name says.' },
    'file-not-a-picture': { status: 415, title: 'This picture cannot be read.' },
    'uploads-off': { status: 403, title: 'Files cannot be sent at the moment.' },
    'too-many-files': { status: 409, title: 'You have reached the limit for files.' },
    'upload-offset': { status: 409, title: 'The upload is at another position; continue from there.' },
  },
  operations: {
    ...roomOperations,
    ...memberOperations,
    ...messageOperations,
    ...fileOperations,
    ...presenceOperations,
    ...encryptionOperations,
  },
  events: {},
  streams: {
    room: roomStream,
    inbox: inboxStream,
    receipts: receiptsStream,
    reads: readsStream,
    presence: presenceStream,
  },
})
