/** The hot queries of chat on a large installation. `npm run plans -- chat` prints how they run. */
import { newId, readEvents, readHeads, type Sql } from '@octet/db'
import { fillTables, plansOf, type QueryPlan, type Test } from '@octet/testkit'
import { ada, as, ben, cmid, openChat } from './people.ts'

/** 4,000 rooms of six people with eight messages each; everyone has read half of them. */
async function fill(sql: Sql): Promise<void> {
  await sql`
    insert into rooms (id, kind, visibility, name, name_key, member_count, created_at, last_message_at)
    select md5('room' || n)::uuid, 'channel', case when n % 2 = 0 then 'public' else 'private' end,
           'room' || n, 'room' || n, 6, now() - interval '1 day', now() - n * interval '1 second'
    from generate_series(1, 4000) as n`
  await sql`
    insert into members (room_id, user_id, role, joined_at, delivered_seq, read_seq)
    select md5('room' || n)::uuid, md5('user' || (n * 7 + m) % 5000)::uuid, 'member', now(), 6, 4
    from generate_series(1, 4000) as n, generate_series(1, 6) as m`
  await sql`
    insert into messages (id, room_id, seq, author_id, cmid, body, created_at, is_searchable)
    select gen_random_uuid(), md5('room' || n)::uuid, m, md5('user' || (n * 7 + m % 6) % 5000)::uuid, n || ':' || m,
           'hello ' || m, now() - (8 - m) * interval '1 minute', true
    from generate_series(1, 4000) as n, generate_series(1, 8) as m`
  await sql`insert into sends select author_id, cmid, '', id from messages`
  await sql`insert into mentions select author_id, room_id, seq from messages where seq % 4 = 0`
  await sql`insert into reactions select id, '👍', author_id, now() from messages where seq % 8 = 0`
  await sql`
    insert into files (id, room_id, owner_id, name, content_type, size_bytes, sha256, state,
                       created_at, message_id, place)
    select gen_random_uuid(), room_id, author_id, 'a.txt', 'text/plain', 1, '', 'ready', now(), id, 0
    from messages where seq % 4 = 0`
  await sql`
    insert into previews (message_id, url, title, description, site_name)
    select id, 'https://example.org', 'x', '', '' from messages where seq % 4 = 1`
  await sql`insert into streams select 'chat:room:' || id, 'epoch', 8 from rooms`
  await sql`
    insert into stream_events (stream, seq, id, type, body)
    select 'chat:room:' || room_id, seq, gen_random_uuid(), 'message', '{}' from messages`
  await sql`
    insert into stream_turns
    select distinct on (author_id) author_id, 'd', 'chat:room:' || room_id, 1 from messages`
  await sql`insert into settings (user_id) select md5('user' || n)::uuid from generate_series(1, 5000) as n`
}

/** Fills a database and explains what the use cases ask. */
export async function plans(t: Test): Promise<QueryPlan[]> {
  const app = await openChat(t)
  const db = app.db('chat')
  await fillTables(db, fill)
  const mine = as(app, ada)
  const { id: roomId } = await mine.createRoom({ name: 'plans', visibility: 'public' })
  await as(app, ben).joinRoom({ id: roomId })
  await db.sql`insert into settings (user_id) values (${ada}), (${ben})`
  const message = await mine.sendMessage({ roomId, cmid: cmid(), body: 'first' })
  const stream = `chat:room:${roomId}`
  return plansOf([db], {
    'rooms with their unread counts': () => mine.listRooms({}),
    'one room': () => mine.getRoom({ id: roomId }),
    'newest messages of a room': () => mine.listMessages({ roomId }),
    'older messages of a room': () => mine.listMessages({ roomId, before: 2 }),
    'send a message': () => mine.sendMessage({ roomId, cmid: cmid(), body: 'second' }),
    'send a message that names a member': () => mine.sendMessage({ roomId, cmid: cmid(), body: 'hello @ben' }),
    'edit a message': () => mine.editMessage({ roomId, messageId: message.id, body: 'better' }),
    'react to a message': () => mine.react({ roomId, messageId: message.id, emoji: '👍', on: true }),
    'move the read cursor': () => as(app, ben).markRead({ roomId, seq: 1 }),
    'who has read': () => mine.listCursors({ roomId }),
    'members of a room': () => mine.listMembers({ id: roomId }),
    'events of a stream that a subscriber missed': () => readEvents(db, stream, { after: 0, limit: 100 }),
    'where streams end': () => readHeads(db, [stream, `chat:room:${newId()}`]),
  })
}
