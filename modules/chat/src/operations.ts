/** Operation → use case. */
import type { chat } from '@octet/contracts'
import type { Operations } from '@octet/kernel'
import { addMember } from './add-member.ts'
import { banMember, changeMember, liftBan, removeMember } from './change-member.ts'
import { commitToGroup, getGroup } from './commit-to-group.ts'
import type { ChatContext } from './context.ts'
import { createInvitation } from './create-invitation.ts'
import { createRoom } from './create-room.ts'
import { createUpload, deleteUpload, getUpload } from './create-upload.ts'
import { deleteFile } from './delete-file.ts'
import { deleteMessage } from './delete-message.ts'
import { deleteRoom } from './delete-room.ts'
import { editMessage } from './edit-message.ts'
import { getMessage } from './get-message.ts'
import { getRoom } from './get-room.ts'
import { acceptInvitation, joinRoom } from './join-room.ts'
import { leaveRoom } from './leave-room.ts'
import { listCursors } from './list-cursors.ts'
import { listInvitations } from './list-invitations.ts'
import { listMembers } from './list-members.ts'
import { listMessages } from './list-messages.ts'
import { listBans, listModeration } from './list-moderation.ts'
import { listPins } from './list-pins.ts'
import { listPresence, setPresence } from './list-presence.ts'
import { browseRooms, listRooms } from './list-rooms.ts'
import { markDelivered, markRead } from './mark-read.ts'
import { openDirect } from './open-direct.ts'
import { pinMessage } from './pin-message.ts'
import { getHistory, putHistory } from './put-history.ts'
import { react } from './react.ts'
import { reportMessage } from './report-message.ts'
import { revokeInvitation } from './revoke-invitation.ts'
import { searchMessages } from './search-messages.ts'
import { sendMessage } from './send-message.ts'
import { getChatSettings, setChatSettings } from './set-chat-settings.ts'
import { getRecovery, setRecovery } from './set-recovery.ts'
import { setRoomPreferences } from './set-room-preferences.ts'
import { updateRoom } from './update-room.ts'

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
