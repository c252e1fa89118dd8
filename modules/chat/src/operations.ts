/** Operation → use case. */

import type { chat } from '@octet/contracts/chat'
import type { Operations } from '@octet/kernel'
import type { ChatContext } from './context.ts'
import { commitToGroup } from './encryption/commit-to-group.ts'
import { getGroup } from './encryption/get-group.ts'
import { getHistory } from './encryption/get-history.ts'
import { getRecovery } from './encryption/get-recovery.ts'
import { putHistory } from './encryption/put-history.ts'
import { setRecovery } from './encryption/set-recovery.ts'
import { createUpload } from './files/create-upload.ts'
import { deleteFile } from './files/delete-file.ts'
import { uploads } from './files/uploads.ts'
import { acceptInvitation } from './members/accept-invitation.ts'
import { addMember } from './members/add-member.ts'
import { banMember } from './members/ban-member.ts'
import { changeMember } from './members/change-member.ts'
import { createInvitation } from './members/create-invitation.ts'
import { joinRoom } from './members/join-room.ts'
import { leaveRoom } from './members/leave-room.ts'
import { liftBan } from './members/lift-ban.ts'
import { listBans } from './members/list-bans.ts'
import { listInvitations } from './members/list-invitations.ts'
import { listMembers } from './members/list-members.ts'
import { listModeration } from './members/list-moderation.ts'
import { removeMember } from './members/remove-member.ts'
import { revokeInvitation } from './members/revoke-invitation.ts'
import { deleteMessage } from './messages/delete-message.ts'
import { editMessage } from './messages/edit-message.ts'
import { getMessage } from './messages/get-message.ts'
import { listCursors } from './messages/list-cursors.ts'
import { listMessages } from './messages/list-messages.ts'
import { listPins } from './messages/list-pins.ts'
import { markDelivered } from './messages/mark-delivered.ts'
import { markRead } from './messages/mark-read.ts'
import { pinMessage } from './messages/pin-message.ts'
import { react } from './messages/react.ts'
import { reportMessage } from './messages/report-message.ts'
import { searchMessages } from './messages/search-messages.ts'
import { sendMessage } from './messages/send-message.ts'
import { getChatSettings } from './presence/get-chat-settings.ts'
import { listPresence } from './presence/list-presence.ts'
import { setChatSettings } from './presence/set-chat-settings.ts'
import { setPresence } from './presence/set-presence.ts'
import { browseRooms } from './rooms/browse-rooms.ts'
import { createRoom } from './rooms/create-room.ts'
import { deleteRoom } from './rooms/delete-room.ts'
import { getRoom } from './rooms/get-room.ts'
import { listRooms } from './rooms/list-rooms.ts'
import { openDirect } from './rooms/open-direct.ts'
import { setRoomPreferences } from './rooms/set-room-preferences.ts'
import { updateRoom } from './rooms/update-room.ts'

export const operations: Operations<typeof chat, ChatContext> = {
  createRoom,
  openDirect,
  listRooms,
  browseRooms,
  getRoom,
  updateRoom,
  deleteRoom,
  setRoomPreferences,
  joinRoom,
  leaveRoom,
  listMembers,
  addMember,
  changeMember,
  removeMember,
  banMember,
  liftBan,
  listBans,
  createInvitation,
  listInvitations,
  revokeInvitation,
  acceptInvitation,
  listModeration,
  sendMessage,
  listMessages,
  getMessage,
  editMessage,
  deleteMessage,
  react,
  pinMessage,
  listPins,
  searchMessages,
  markRead,
  markDelivered,
  listCursors,
  getGroup,
  commitToGroup,
  putHistory,
  getHistory,
  getRecovery,
  setRecovery,
  createUpload,
  ...uploads.operations,
  deleteFile,
  reportMessage,
  listPresence,
  setPresence,
  getChatSettings,
  setChatSettings,
}
