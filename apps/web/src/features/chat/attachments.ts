/** Files that are being added to a message: they go on arriving while one looks at other rooms. */
import { type FileInfo, fileBytesMax, messageFilesMax } from '@octet/contracts'
import { chatApi, newIdempotencyKey } from '../../shared/api.ts'
import { uploadFile } from './upload-file.ts'

/** Uploads of one message at a time; the others wait. */
const atOnceMax = 2

export type Refusal = 'too-large' | 'empty'
export type AttachmentState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'sending'; readonly sentBytes: number }
  | { readonly kind: 'ready'; readonly info: FileInfo }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'refused'; readonly why: Refusal }

export interface Attachment {
  readonly key: string
  readonly name: string
  readonly sizeBytes: number
  readonly state: AttachmentState
}

/** What belongs to an attachment but is not shown. */
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

/** Takes back what the server has of it; what is missed here is swept away there. */
function forget({ state }: Attachment, { abort, uploadId }: Work): void {
  abort.abort()
  if (state.kind === 'ready') chatApi.deleteFile({ id: state.info.id }).catch(() => undefined)
  else if (uploadId !== undefined) chatApi.deleteUpload({ id: uploadId }).catch(() => undefined)
}

function createAttachments(roomId: string) {
  let shown: readonly Attachment[] = []
  const works = new Map<string, Work>()
  const listeners = new Set<() => void>()
  function set(next: readonly Attachment[]): void {
    shown = next
    for (const listener of listeners) listener()
  }
  function move(key: string, state: AttachmentState): void {
    set(shown.map(each => (each.key === key ? { ...each, state } : each)))
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
    if (shown.filter(({ state }) => state.kind === 'sending').length >= atOnceMax) return
    const next = shown.find(({ state }) => state.kind === 'waiting')
    const work = next && works.get(next.key)
    if (work !== undefined) send(next?.key ?? '', work)
  }
  return {
    get: () => shown,
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** False when some of them would be more than a message may have; then those are left out. */
    add(files: readonly File[]): boolean {
      const taken = files.slice(0, messageFilesMax - shown.length)
      const added = taken.map(file => {
        const key = newIdempotencyKey()
        works.set(key, { file, abort: new AbortController() })
        return { key, name: file.name, sizeBytes: file.size, state: stateOf(file) }
      })
      set([...shown, ...added])
      for (let slot = 0; slot < atOnceMax; slot++) sendNext()
      return taken.length === files.length
    },
    remove(key: string): void {
      const gone = shown.find(each => each.key === key)
      const work = works.get(key)
      set(shown.filter(each => each.key !== key))
      works.delete(key)
      if (gone !== undefined && work !== undefined) forget(gone, work)
      sendNext()
    },
    /** A large one goes on where it was cut. */
    retry: (key: string) => move(key, { kind: 'waiting' }),
    /** The files for a message that is sent now; there are none afterwards. */
    take(): readonly FileInfo[] {
      const ready = shown.flatMap(({ state }) => (state.kind === 'ready' ? [state.info] : []))
      set([])
      works.clear()
      return ready
    },
  }
}

const kept = new Map<string, Attachments>()

/** The files of the message that somebody writes in a room or a thread. */
export function attachmentsOf(userId: string, roomId: string, threadId: string | undefined): Attachments {
  const place = `${userId} ${threadId ?? roomId}`
  for (const [key, each] of kept) if (key !== place && each.get().length === 0) kept.delete(key)
  const attachments = kept.get(place) ?? createAttachments(roomId)
  kept.set(place, attachments)
  return attachments
}
