/** English messages of chat for the first pages and the frame. */
export const en = {
  'chat.all': 'All rooms',
  'chat.badge': '{n, plural, one {# unread message} other {# unread messages}}',
  'chat.badge-mentions':
    '{n, plural, one {# unread message} other {# unread messages}}, {mentions, plural, one {# mentions ' +
    'you} other {# mention you}}',
  'chat.direct': 'Conversation',
  'chat.directs': 'Conversations',
  'chat.go': 'Go to chat',
  'chat.new': 'New conversation or room',
  'chat.next-unread': 'Go to the next unread room',
  'chat.nobody': 'Deleted account',
  'chat.reply-last': 'Reply to the latest message',
  'chat.room': 'Room',
  'chat.rooms': 'Rooms',
  'chat.search': 'Search this room',
  'chat.show-members': 'Show members',
  'chat.title': 'Chat',
  'chat.write': 'Write a message',
} as const

declare module '../../../shared/messages/keys.ts' {
  interface MessageKeys extends Record<keyof typeof en, string> {}
}
