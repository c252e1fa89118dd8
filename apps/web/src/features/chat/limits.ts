/** The limits of chat fields, read from the contract at build time. */
import { chat } from '@octet/contracts/chat'
import { identity } from '@octet/contracts/identity'
import { limitOf } from '../../shared/limits.ts'

const { createRoom, openDirect, browseRooms, acceptInvitation, sendMessage, reportMessage, searchMessages } =
  chat.operations

export const limits = {
  roomName: limitOf(createRoom, 'name'),
  topic: limitOf(createRoom, 'topic'),
  directPeople: limitOf(openDirect, 'userIds'),
  browse: limitOf(browseRooms, 'q'),
  invitation: limitOf(acceptInvitation, 'token'),
  body: limitOf(sendMessage, 'body'),
  reportNote: limitOf(reportMessage, 'note'),
  search: limitOf(searchMessages, 'q'),
  peopleSearch: limitOf(identity.operations.searchUsers, 'q'),
}
