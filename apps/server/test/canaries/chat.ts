import { randomBytes } from 'node:crypto'
import { chat } from '@octet/contracts/chat'
import type { SystemCanaries } from '../canary-words.ts'

/** @public loaded by canary-words.ts */
export const canaries: SystemCanaries = {
  async write({ app, token, known, word, keep, overwritten }) {
    const client = app.client(chat, { token })
    const roomId = keep(await client.createRoom({ name: word('createRoom.name'), topic: word('createRoom.topic') }))
    const send = (what: string) => {
      const cmid = `cmid-${randomBytes(8).toString('hex')}`
      return client.sendMessage({ roomId, cmid, body: word(`sendMessage.${what}`) })
    }
    const [edited, deleted] = [await send('edited'), await send('deleted')]
    await client.editMessage({ roomId, messageId: edited.id, body: word('editMessage.body') })
    await client.react({ roomId, messageId: edited.id, emoji: '👍', on: true })
    // The edit replaced it in every table; only the log of the room still has it.
    overwritten('sendMessage.edited')
    known.roomId = roomId
    known.messageId = deleted.id
  },
  mustSucceed: ['deleteMessage', 'deleteRoom', 'deleteFile'],
}
