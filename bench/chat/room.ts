/** A room with a long history. */
import { openPool } from '@octet/db'

export interface LongRoom {
  readonly roomId: string
  readonly authorIds: readonly string[]
  readonly messages: number
}

/** The interval of messages that have three reactions, reply to another message, or belong to a thread. */
const oddEvery = 20

/**
 * Writes the rows of a million messages, one every half minute up to now; they are generated, not sent one by one. The
 * log has only its end, because no client reads the rest. Words come from a pool of a thousand: each is in about one
 * message in a hundred, `the` in all, and `rare<n>` in one.
 */
export async function fillRoom(databaseUrl: string, { roomId, authorIds, messages }: LongRoom): Promise<void> {
  const pool = openPool(databaseUrl, { schema: 'chat', connectionsMax: 1 })
  try {
    await pool`set statement_timeout = 0`
    await pool`drop index messages_words`
    await pool`
      insert into messages (id, room_id, seq, author_id, cmid, body, created_at, is_searchable, thread_id)
      select gen_random_uuid(), ${roomId}, 100 + number, (${[...authorIds]}::uuid[])[1 + number % ${authorIds.length}],
             'long-past-' || number,
             concat_ws(' ', 'word' || number * 7 % 1000, 'word' || number * 31 % 997, 'word' || number * 131 % 991,
                       'word' || number * 571 % 983, 'the', 'word' || number * 1009 % 977,
                       'word' || number * 5003 % 971, 'word' || number * 7001 % 967, 'and', 'word' || number % 953,
                       case when number % 100000 = 77 then 'rare' || number / 100000 end),
             now() - (${messages} - number) * interval '30 seconds', true, null
      from generate_series(1::bigint, ${messages}) as number`
    await pool`
      update messages set thread_id = root.id
      from messages as root
      where messages.room_id = ${roomId} and root.room_id = ${roomId}
        and messages.seq % ${oddEvery} = 3 and root.seq = messages.seq / 1000 * 1000 + 5`
    await pool`
      insert into reactions (message_id, emoji, user_id, at)
      select messages.id, emoji, author_id, created_at
      from messages cross join unnest(array['👍', '🎉', '❤️']) as emoji
      where room_id = ${roomId} and seq % ${oddEvery} = 7`
    await pool`update streams set last_seq = ${messages + 100} where name = ${`chat:room:${roomId}`}`
    await pool`update rooms set last_message_at = now() where id = ${roomId}`
    await pool`create index messages_words on messages using gin (words)`
    await pool`vacuum analyze messages`
    await pool`analyze`
  } finally {
    await pool.end({ timeout: 5 })
  }
}
