/** Operation → use case. */
import type { chat } from '@octet/contracts'
import type { Operations } from '@octet/kernel'
import type { ChatContext } from './context.ts'
import { commitToGroup, getGroup } from './encryption/commit-to-group.ts'
import { getHistory, putHistory } from './encryption/put-history.ts'
import { getRecovery, setRecovery } from './encryption/set-recovery.ts'
import { createUpload, deleteUpload, getUpload } from './files/create-upload.ts'
import { deleteFile } from './files/delete-file.ts'
import { addMember } from './members/add-member.ts'
import { banMember, changeMember, liftBan, removeMember } from './members/change-member.ts'
import { createInvitation } from './members/create-invitation.ts'
import { acceptInvitation, joinRoom } from './members/join-room.ts'
import { leaveRoom } from './members/leave-room.ts'
import { listInvitations } from './members/list-invitations.ts'
import { listMembers } from './members/list-members.ts'
import { listBans, listModeration } from './members/list-moderation.ts'
import { revokeInvitation } from './members/revoke-invitation.ts'
import { deleteMessage } from './messages/delete-message.ts'
import { editMessage } from './messages/edit-message.ts'
import { getMessage } from './messages/get-message.ts'
import { listCursors } from './messages/list-cursors.ts'
import { listMessages } from './messages/list-messages.ts'
import { listPins } from './messages/list-pins.ts'
import { markDelivered, markRead } from './messages/mark-read.ts'
import { pinMessage } from './messages/pin-message.ts'
import { react } from './messages/react.ts'
import { reportMessage } from './messages/report-message.ts'
import { searchMessages } from './messages/search-messages.ts'
import { sendMessage } from './messages/send-message.ts'
import { listPresence, setPresence } from './presence/list-presence.ts'
import { getChatSettings, setChatSettings } from './presence/set-chat-settings.ts'
import { createRoom } from './rooms/create-room.ts'
import { deleteRoom } from './rooms/delete-room.ts'
import { getRoom } from './rooms/get-room.ts'
import { browseRooms, listRooms } from './rooms/list-rooms.ts'
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
  getUpload,
  deleteUpload,
  deleteFile,
  reportMessage,
  listPresence,
  setPresence,
  getChatSettings,
  setChatSettings,
}
