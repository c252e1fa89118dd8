/**
 * Files that are being attached to a message; uploads continue while the user looks at other rooms. After a reload,
 * files on the server come back. For the others only the name remains, because the page held their bytes.
 */

import { newIdempotencyKey } from '@octet/client'
import { type FileInfo, fileBytesMax, messageFilesMax } from '@octet/contracts/chat'
import { chatApi } from '../api.ts'
import { type FilesDraft, keepFilesDraft, readFilesDraft } from '../composer/draft.ts'
import { uploadFile } from './upload-file.ts'

/** Concurrent uploads of one message; the others wait. */
const atOnceMax = 2

/** `unfinished`: the page closed before the upload was complete. */
export type Refusal = 'too-large' | 'empty' | 'unfinished'
export type AttachmentState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'sending'; readonly sentBytes: number }
  /** A file from before a reload, while the server is asked whether it still exists. */
  | { readonly kind: 'asking'; readonly info: FileInfo }
  | { readonly kind: 'ready'; readonly info: FileInfo }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'refused'; readonly why: Refusal }

export interface Attachment {
  readonly key: string
  readonly name: string
  readonly sizeBytes: number
  readonly state: AttachmentState
}

/** The internal state of an attachment that is not shown. */
interface Work {
  readonly file: File
  readonly abort: AbortController
  uploadId?: string
}

export type Attachments = ReturnType<typeof createAttachments>

function stateOf({ size }: File): AttachmentState {
  if (size > fileBytesMax) return { kind: 'refused', why: 'too-large' }
  return size === 0 ? { kind: 'refused', why: 'empty' } : { kind: 'waiting' }
}

/** Deletes the file on the server; if that fails, the server's cleanup deletes it later. */
function forget({ state }: Attachment, work: Work | undefined): void {
  work?.abort.abort()
  if ('info' in state) chatApi.deleteFile({ id: state.info.id }).catch(() => undefined)
  else if (work?.uploadId !== undefined) chatApi.deleteUpload({ id: work.uploadId }).catch(() => undefined)
}

/** False only when the server reports it missing: without an answer, sending the message will show it. */
async function isThere({ id }: FileInfo): Promise<boolean> {
  try {
    const { status } = await fetch(`/chat/files/${id}`, { headers: { range: 'bytes=0-0' }, cache: 'no-store' })
    return status !== 404
  } catch {
    return true
  }
}

/** Files that are still uploading, or failed and can be retried. */
function isUnfinished({ state }: Attachment): boolean {
  if (state.kind === 'refused') return state.why === 'unfinished'
  return !('info' in state)
}

function draftOf(shown: readonly Attachment[]): FilesDraft {
  const arrived = shown.flatMap(({ state }) => ('info' in state ? [state.info] : []))
  return { arrived, unfinished: shown.filter(isUnfinished).map(({ name }) => name) }
}

/** Their state when the page was closed. */
function restored({ arrived, unfinished }: FilesDraft): readonly Attachment[] {
  return [
    ...arrived.map(info => {
      const { name, sizeBytes } = info
      return { key: info.id, name, sizeBytes, state: { kind: 'asking', info } } as const
    }),
    ...unfinished.map(name => {
      const state = { kind: 'refused', why: 'unfinished' } as const
      return { key: newIdempotencyKey(), name, sizeBytes: 0, state }
    }),
  ]
}

/** The part that is shown, and stored with the draft. */
function createCell(place: string) {
  let shown = restored(readFilesDraft(place))
  const listeners = new Set<() => void>()
  return {
    get: () => shown,
    set(next: readonly Attachment[]): void {
      const before = JSON.stringify(draftOf(shown))
      const draft = draftOf(next)
      shown = next
      // Progress events come many times a second and change nothing that is stored.
      if (JSON.stringify(draft) !== before) keepFilesDraft(place, draft)
      for (const listener of listeners) listener()
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function createAttachments(roomId: string, place: string) {
  const { get, set, subscribe } = createCell(place)
  const works = new Map<string, Work>()
  function move(key: string, state: AttachmentState): void {
    set(get().map(each => (each.key === key ? { ...each, state } : each)))
    sendNext()
  }
  function send(key: string, work: Work): void {
    const { file, abort, uploadId } = work
    const onSent = (sentBytes: number) => move(key, { kind: 'sending', sentBytes })
    move(key, { kind: 'sending', sentBytes: 0 })
    uploadFile({
      roomId,
      file,
      signal: abort.signal,
      onSent,
      uploadId,
      onBegun: id => Object.assign(work, { uploadId: id }),
    })
      .then(info => move(key, { kind: 'ready', info }))
      .catch(error => move(key, { kind: 'failed', error }))
  }
  function sendNext(): void {
    if (get().filter(({ state }) => state.kind === 'sending').length >= atOnceMax) return
    const next = get().find(({ state }) => state.kind === 'waiting')
    const work = next && works.get(next.key)
    if (work !== undefined) send(next?.key ?? '', work)
  }
  /** Asks for a file from before a reload; drops it when the server has deleted it. */
  async function ask({ key, state }: Attachment): Promise<void> {
    if (state.kind !== 'asking') return
    if (await isThere(state.info)) move(key, { kind: 'ready', info: state.info })
    else set(get().filter(each => each.key !== key))
  }
  for (const each of get()) void ask(each)
  return {
    get,
    subscribe,
    /** Ignores files beyond the limit of a message and then returns false. */
    add(files: readonly File[]): boolean {
      const taken = files.slice(0, messageFilesMax - get().length)
      const added = taken.map(file => {
        const key = newIdempotencyKey()
        works.set(key, { file, abort: new AbortController() })
        return { key, name: file.name, sizeBytes: file.size, state: stateOf(file) }
      })
      set([...get(), ...added])
      for (let slot = 0; slot < atOnceMax; slot++) sendNext()
      return taken.length === files.length
    },
    remove(key: string): void {
      const gone = get().find(each => each.key === key)
      const work = works.get(key)
      set(get().filter(each => each.key !== key))
      works.delete(key)
      if (gone !== undefined) forget(gone, work)
      sendNext()
    },
    /** A large file continues where it was interrupted. */
    retry: (key: string) => move(key, { kind: 'waiting' }),
    /** Returns the files for a message that is sent now, and empties the list. */
    take(): readonly FileInfo[] {
      const ready = get().flatMap(({ state }) => (state.kind === 'ready' ? [state.info] : []))
      set([])
      works.clear()
      return ready
    },
  }
}

const kept = new Map<string, Attachments>()

/** The files of the message that the user is writing in a room or a thread. */
export function attachmentsOf(userId: string, roomId: string, threadId: string | undefined): Attachments {
  const place = threadId ?? roomId
  const own = `${userId} ${place}`
  for (const [key, each] of kept) if (key !== own && each.get().length === 0) kept.delete(key)
  const attachments = kept.get(own) ?? createAttachments(roomId, place)
  kept.set(own, attachments)
  return attachments
}
