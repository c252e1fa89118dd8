/** Uploads a file: small ones at once, large ones in parts that resume after an interruption. */

import { ConnectionError } from '@octet/client'
import { type Output, Problem } from '@octet/contracts'
import type { chat, FileInfo } from '@octet/contracts/chat'
import { chatApi } from '../api.ts'
import { sendBytes } from './send-bytes.ts'

/** A broken connection loses at most this much. */
const atOnceBytesMax = 1024 * 1024
const failuresMax = 6
const pauseMs = 1_000
const pauseMaxMs = 15_000

type Upload = Output<typeof chat, 'createUpload'>

export interface Uploading {
  readonly roomId: string
  readonly file: File
  readonly signal: AbortSignal
  readonly onSent: (sentBytes: number) => void
  /** An upload of this file that was begun before and can continue. */
  readonly uploadId: string | undefined
  readonly onBegun: (uploadId: string) => void
}

export async function uploadFile(uploading: Uploading): Promise<FileInfo> {
  const { roomId, file, signal, onSent } = uploading
  if (file.size > atOnceBytesMax) return uploadInParts(uploading)
  const path = `/chat/rooms/${roomId}/files?name=${encodeURIComponent(file.name)}`
  return (await sendBytes({ method: 'POST', path, body: file, signal, onSent })) as FileInfo
}

/** Whether the failure is temporary, so that a later retry may succeed. */
function isPassing(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof Problem && [429, 503].includes(error.status))
}

const isMissing = (error: unknown) => error instanceof Problem && error.status === 404

/** The existing upload, or a new one. */
async function begin({ roomId, file, signal, uploadId, onBegun }: Uploading): Promise<Upload> {
  const known = uploadId === undefined ? undefined : await found(uploadId, signal)
  if (known !== undefined) return known
  const upload = await chatApi.createUpload({ roomId, name: file.name, sizeBytes: file.size }, { signal })
  onBegun(upload.id)
  return upload
}

async function found(id: string, signal: AbortSignal): Promise<Upload | undefined> {
  return chatApi.getUpload({ id }, { signal }).catch(error => {
    if (isMissing(error)) return undefined
    throw error
  })
}

/** Waits longer each time, but at most until the network is back. */
function pause(failures: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, Math.min(pauseMaxMs, pauseMs * 2 ** failures))
  const wake = () => resolve()
  addEventListener('online', wake)
  signal.addEventListener('abort', wake)
  return promise.finally(() => {
    clearTimeout(timer)
    removeEventListener('online', wake)
    signal.removeEventListener('abort', wake)
  })
}

/** Sends one part. After a temporary failure returns `undefined`: ask where to continue. */
async function sendPart({ file, signal, onSent }: Uploading, upload: Upload): Promise<Part | undefined> {
  const { id, offset, partBytesMax } = upload
  try {
    return (await sendBytes({
      method: 'PATCH',
      path: `/chat/uploads/${id}`,
      headers: { 'upload-offset': String(offset) },
      body: file.slice(offset, offset + partBytesMax),
      signal,
      onSent: sentBytes => onSent(offset + sentBytes),
    })) as Part
  } catch (error) {
    const isElsewhere = error instanceof Problem && error.code === 'chat.upload-offset'
    if (isElsewhere || isPassing(error)) return undefined
    throw error
  }
}

interface Part {
  readonly offset: number
  readonly file: FileInfo | null
}

async function uploadInParts(uploading: Uploading): Promise<FileInfo> {
  const { signal } = uploading
  let upload = await begin(uploading)
  let failures = 0
  for (;;) {
    const part = await sendPart(uploading, upload)
    if (part?.file != null) return part.file
    if (part !== undefined) {
      upload = { ...upload, offset: part.offset }
      failures = 0
      continue
    }
    if (failures++ >= failuresMax) throw new ConnectionError('unreachable', undefined)
    await pause(failures, signal)
    signal.throwIfAborted()
    upload = await chatApi.getUpload({ id: upload.id }, { signal }).catch(error => {
      if (isPassing(error)) return upload
      throw error
    })
  }
}
