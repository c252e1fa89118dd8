/**
 * A disk that fails on demand: each file-system call of this process below one folder can be refused. A refused write
 * writes half of its bytes, as on a full disk. The test's end restores the real calls.
 */
import fs, { readlinkSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { defer, type Test } from '@octet/testkit'

export interface DiskCall {
  readonly name: 'open' | 'write' | 'sync' | 'mkdir' | 'rename' | 'rm'
  readonly path: string
}

export type DiskError = 'ENOSPC' | 'EIO'

export interface DiskFault {
  /** Called for each call below the folder: the error it fails with, or `undefined`. */
  decide(by: (call: DiskCall) => DiskError | undefined): void
  /** Restores the real calls. */
  heal(): void
}

type Loose = Record<string, (...args: never[]) => unknown>
interface Handle {
  writeFile(data: Uint8Array): Promise<void>
  sync(): Promise<void>
}

function errorOf(code: DiskError, { name, path }: DiskCall): Error {
  const text = code === 'ENOSPC' ? 'no space left on device' : 'i/o error'
  return Object.assign(new Error(`${code}: ${text}, ${name} '${path}'`), { code, syscall: name, path })
}

/** Takes control of file-system calls below `root`. Only one controller per process. */
export async function diskFault(t: Test, root: string): Promise<DiskFault> {
  let decide: (call: DiskCall) => DiskError | undefined = () => undefined
  const refusal = (call: DiskCall) => {
    const code = call.path.startsWith(root) ? decide(call) : undefined
    return code === undefined ? undefined : errorOf(code, call)
  }
  const probe = await fs.promises.open('/dev/null')
  const handles = Object.getPrototypeOf(probe) as Handle
  await probe.close()
  const undo = [...patchNames(refusal), patchHandles(handles, refusal), ...patchDescriptors(refusal)]
  syncBuiltinESMExports()
  defer(t, async () => {
    for (const back of undo) back()
    syncBuiltinESMExports()
  })
  return {
    decide(by) {
      decide = by
    },
    heal() {
      decide = () => undefined
    },
  }
}

type Refuse = (call: DiskCall) => Error | undefined
const paths = new WeakMap<object, string>()

function patchNames(refusal: Refuse): (() => void)[] {
  const promises = fs.promises as unknown as Loose
  return (['open', 'mkdir', 'rename', 'rm'] as const).map(name => {
    const real = promises[name] as (...args: unknown[]) => Promise<unknown>
    promises[name] = async (...args: unknown[]) => {
      const refused = refusal({ name, path: String(args[0]) })
      if (refused !== undefined) throw refused
      const made = await real(...args)
      if (name === 'open') paths.set(made as object, String(args[0]))
      return made
    }
    return () => {
      promises[name] = real
    }
  })
}

function patchHandles(handles: Handle, refusal: Refuse): () => void {
  const { writeFile, sync } = handles
  handles.writeFile = async function (this: Handle, data: Uint8Array) {
    const refused = refusal({ name: 'write', path: paths.get(this) ?? '' })
    if (refused === undefined) return writeFile.call(this, data)
    await writeFile.call(this, data.subarray(0, data.byteLength >> 1))
    throw refused
  }
  handles.sync = async function (this: Handle) {
    const refused = refusal({ name: 'sync', path: paths.get(this) ?? '' })
    if (refused !== undefined) throw refused
    return sync.call(this)
  }
  return () => Object.assign(handles, { writeFile, sync })
}

/** Calls on files that are written by descriptor. */
function patchDescriptors(refusal: Refuse): (() => void)[] {
  const loose = fs as unknown as Loose
  const refusedAt = (fd: unknown) => refusal({ name: 'write', path: readlinkSync(`/proc/self/fd/${String(fd)}`) })
  const { write, writeSync } = fs
  loose.write = (...args: unknown[]) => {
    const [fd, bytes, offset, sizeBytes, position, done] = args
    const refused = typeof done === 'function' ? refusedAt(fd) : undefined
    if (refused === undefined) return Reflect.apply(write, fs, args)
    const half = [fd, bytes, offset, Number(sizeBytes) >> 1, position]
    return Reflect.apply(write, fs, [...half, () => Reflect.apply(done as () => void, undefined, [refused, 0])])
  }
  loose.writeSync = (...args: unknown[]) => {
    const refused = refusedAt(args[0])
    if (refused !== undefined) throw refused
    return Reflect.apply(writeSync, fs, args)
  }
  return [() => Object.assign(loose, { write, writeSync })]
}
