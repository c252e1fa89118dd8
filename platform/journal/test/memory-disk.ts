/** A disk in memory that fails at the n-th call, or loses power there and keeps only part of the last writes. */
import type { Disk } from '../src/index.ts'

export type Fault =
  /** The call fails; some sectors of a write may reach the medium, and all of them may reach the page cache. */
  | { readonly kind: 'error'; readonly atCall: number; readonly code: 'EIO' | 'ENOSPC' }
  /** The write is short; the next call fails. */
  | { readonly kind: 'short-write'; readonly atCall: number }
  /** No later call has an effect or gets an answer. */
  | { readonly kind: 'power-cut'; readonly atCall: number }

interface Content {
  /** The content that reads return. */
  cached: Buffer
  /** The content that survives a power cut. */
  durable: Buffer
}

export interface MemoryDisk extends Disk {
  fault: Fault | undefined
  calls: number
  /** Names of the calls so far, for messages. */
  readonly trace: string[]
  /** Resolves at the power cut. */
  readonly off: Promise<void>
  /** While set, writes wait for `release` before they are executed. */
  isHeld: boolean
  release(): void
  readonly heldWrites: number
  names(): string[]
  /** The file as reads see it; a change to it changes the file. */
  content(name: string): Buffer
  replace(name: string, bytes: Buffer): void
  durableText(): string
  /** The disk that a new process finds: after a power cut only durable bytes, otherwise also the page cache. */
  restart(): MemoryDisk
}

const sectorBytes = 64

export interface MemoryDiskOptions {
  readonly writesAreDurable?: boolean
  readonly random?: () => number
  readonly fault?: Fault
  /** A disk that acknowledges slightly before it writes. */
  readonly isLying?: boolean
}

/** The shared state of a disk and its successor after a restart. */
interface State {
  readonly options: MemoryDiskOptions
  readonly files: Map<string, Content>
  readonly durableFiles: Map<string, Content>
  readonly descriptors: Map<number, Content>
  readonly held: (() => void)[]
  readonly announceOff: () => void
  lastDescriptor: number
  isOff: boolean
}

export function memoryDisk(
  options: MemoryDiskOptions = {},
  files: Map<string, Content> = new Map(),
  durableFiles: Map<string, Content> = new Map(files),
): MemoryDisk {
  const { promise: off, resolve: announceOff } = Promise.withResolvers<void>()
  const held: (() => void)[] = []
  const descriptors = new Map<number, Content>()
  const state: State = {
    options,
    files,
    durableFiles,
    descriptors,
    held,
    announceOff,
    lastDescriptor: 2,
    isOff: false,
  }
  const disk: MemoryDisk = {
    writesAreDurable: options.writesAreDurable ?? true,
    fault: options.fault,
    calls: 0,
    trace: [],
    off,
    isHeld: false,
    release: () => {
      for (const perform of held.splice(0)) perform()
    },
    get heldWrites() {
      return held.length
    },
    names: () => [...files.keys()].map(path => path.slice(path.lastIndexOf('/') + 1)).sort(),
    content: name => fileNamed(files, name).cached,
    replace: (name, bytes) => {
      const content = fileNamed(files, name)
      content.cached = Buffer.from(bytes)
      content.durable = Buffer.from(bytes)
    },
    durableText: () => [...durableFiles.values()].map(content => content.durable.toString('latin1')).join(),
    restart: () => successor(state),
    ...fileCalls(state, () => disk),
    ...directoryCalls(state, () => disk),
  }
  return disk
}

function successor({ options, files, durableFiles, isOff }: State): MemoryDisk {
  const left = isOff ? durableFiles : files
  const copies = [...left].map(([path, { cached, durable }]): [string, Content] => [
    path,
    { cached: Buffer.from(isOff ? durable : cached), durable: Buffer.from(durable) },
  ])
  const { writesAreDurable, random } = options
  return memoryDisk({ writesAreDurable, random }, new Map(copies))
}

/** Counts the call; returns the fault that it meets. */
function meet(state: State, disk: MemoryDisk, name: string): Fault | undefined {
  disk.calls += 1
  disk.trace.push(name)
  const { fault } = disk
  if (fault === undefined || fault.atCall !== disk.calls) return undefined
  if (fault.kind === 'power-cut') {
    state.isOff = true
    state.announceOff()
  }
  return fault
}

async function call<T>(state: State, disk: MemoryDisk, name: string, run: () => T): Promise<T> {
  if (state.isOff) return new Promise(() => {})
  const fault = meet(state, disk, name)
  await new Promise<void>(resolve => setImmediate(resolve))
  if (state.isOff) return new Promise(() => {})
  if (fault !== undefined) throw failure(fault)
  return run()
}

function contentOf({ descriptors }: State, file: number): Content {
  const content = descriptors.get(file)
  if (content === undefined) throw Object.assign(new Error('EBADF'), { code: 'EBADF' })
  return content
}

function fileCalls(
  state: State,
  diskOf: () => MemoryDisk,
): Pick<Disk, 'sizeBytes' | 'read' | 'write' | 'sync' | 'close'> {
  const { options, descriptors, held } = state
  const { writesAreDurable = true, random = Math.random } = options
  return {
    sizeBytes: file => call(state, diskOf(), 'sizeBytes', () => contentOf(state, file).cached.byteLength),
    read: (file, into, position) =>
      call(state, diskOf(), 'read', () => {
        return contentOf(state, file).cached.copy(into, 0, position, position + into.byteLength)
      }),
    write(file, bytes, position, done) {
      if (state.isOff) return
      const disk = diskOf()
      const fault = meet(state, disk, 'write')
      const content = contentOf(state, file)
      const copy = Buffer.from(bytes)
      const perform = () => {
        if (fault !== undefined || state.isOff) putSectors(content, copy, position, random)
        if (state.isOff) return
        if (fault?.kind === 'short-write') {
          const part = copy.subarray(0, Math.ceil(copy.byteLength / 2))
          disk.fault = { kind: 'error', atCall: disk.calls + 1, code: 'ENOSPC' }
          return done(null, put(content, part, position, writesAreDurable))
        }
        put(content, copy, position, writesAreDurable && fault === undefined && !options.isLying)
        if (options.isLying) later(() => state.isOff || put(content, copy, position, true))
        if (fault !== undefined) return done(failure(fault), 0)
        done(null, copy.byteLength)
      }
      if (disk.isHeld) held.push(perform)
      else setImmediate(perform)
    },
    sync: (file, done) => {
      call(state, diskOf(), 'sync', () => {
        const content = contentOf(state, file)
        content.durable = Buffer.from(content.cached)
      }).then(() => done(null), done)
    },
    close: file => call(state, diskOf(), 'close', () => void descriptors.delete(file)),
  }
}

function directoryCalls(
  state: State,
  diskOf: () => MemoryDisk,
): Pick<Disk, 'makeDirectory' | 'list' | 'open' | 'rename' | 'remove' | 'syncDirectory'> {
  const { files, durableFiles, descriptors } = state
  const run = <T>(name: string, work: () => T) => call(state, diskOf(), name, work)
  return {
    makeDirectory: () => run('makeDirectory', () => {}),
    list: path =>
      run('list', () =>
        [...files.keys()].filter(name => name.startsWith(`${path}/`)).map(n => n.slice(path.length + 1)),
      ),
    open: (path, how) =>
      run('open', () => {
        if (how === 'create') files.set(path, { cached: Buffer.alloc(0), durable: Buffer.alloc(0) })
        const content = files.get(path)
        if (content === undefined) throw Object.assign(new Error(`ENOENT ${path}`), { code: 'ENOENT' })
        state.lastDescriptor += 1
        descriptors.set(state.lastDescriptor, content)
        return state.lastDescriptor
      }),
    rename: (from, to) =>
      run('rename', () => {
        files.set(to, files.get(from) as Content)
        files.delete(from)
      }),
    remove: path => run('remove', () => void files.delete(path)),
    syncDirectory: path =>
      run('syncDirectory', () => {
        const inDirectory = (name: string) => name.startsWith(`${path}/`)
        for (const name of [...durableFiles.keys()].filter(inDirectory)) durableFiles.delete(name)
        for (const [name, content] of files) if (inDirectory(name)) durableFiles.set(name, content)
      }),
  }
}

function later(run: () => void, turns = 8): void {
  setImmediate(() => (turns === 0 ? run() : later(run, turns - 1)))
}

function failure(fault: Fault): Error {
  const code = fault.kind === 'error' ? fault.code : 'ENOSPC'
  return Object.assign(new Error(`${code}: injected at call ${fault.atCall}`), { code })
}

function fileNamed(files: Map<string, Content>, name: string): Content {
  const found = [...files].find(([path]) => path.endsWith(`/${name}`))
  if (found === undefined) throw new Error(`no file ${name}`)
  return found[1]
}

function grown(bytes: Buffer, sizeBytes: number): Buffer {
  return bytes.byteLength >= sizeBytes ? bytes : Buffer.concat([bytes, Buffer.alloc(sizeBytes - bytes.byteLength)])
}

function put(content: Content, bytes: Buffer, position: number, isDurable: boolean): number {
  content.cached = grown(content.cached, position + bytes.byteLength)
  bytes.copy(content.cached, position)
  if (isDurable) {
    content.durable = grown(content.durable, position + bytes.byteLength)
    bytes.copy(content.durable, position)
  }
  return bytes.byteLength
}

/** When the power is cut or a write fails, any parts of the write may be on the medium, in any order. */
function putSectors(content: Content, bytes: Buffer, position: number, random: () => number): void {
  for (let at = 0; at < bytes.byteLength; at += sectorBytes) {
    if (random() < 0.5) continue
    const sector = bytes.subarray(at, at + sectorBytes)
    content.durable = grown(content.durable, position + at + sector.byteLength)
    sector.copy(content.durable, position + at)
  }
}

/** A reproducible random generator (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
