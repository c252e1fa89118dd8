/** O14: what people heard of a room, against its log. Each finding is a sentence about what is wrong. */
export interface Heard {
  readonly seq: number
  readonly id: string
  readonly type: string
  readonly cmid?: string
  readonly text?: string
}

export interface Listened {
  readonly name: string
  readonly heard: readonly Heard[]
}

export interface Told {
  readonly device: string
  readonly cmid: string
  readonly text: string
  /** The `seq` it was answered with; absent when it was never answered. */
  readonly seq?: number
}

export interface LiveHistory {
  /** The log, as the database has it in the end. */
  readonly log: readonly Heard[]
  readonly listeners: readonly Listened[]
  /** What was said, for each device in the order it was said. */
  readonly told: readonly Told[]
}

const findingsMax = 20

export function liveFindings({ log, listeners, told }: LiveHistory): string[] {
  const findings: string[] = []
  log.forEach(({ seq }, index) => {
    if (seq !== index + 1) findings.push(`the log has ${seq} where ${index + 1} belongs`)
  })
  for (const { name, heard } of listeners) findings.push(...heardWrong(name, heard, log))
  const bySaying = new Map<string, Heard[]>()
  for (const event of log) {
    if (event.cmid !== undefined) bySaying.set(event.cmid, [...(bySaying.get(event.cmid) ?? []), event])
  }
  const lastOf = new Map<string, number>()
  for (const { device, cmid, text, seq } of told) {
    const [event, ...more] = bySaying.get(cmid) ?? []
    if (more.length > 0) findings.push(`${device} said "${text}" once; the log has it ${more.length + 1} times`)
    if (event === undefined) {
      if (seq !== undefined) findings.push(`${device} was told that "${text}" is ${seq}; the log does not have it`)
      continue
    }
    if (seq !== undefined && seq !== event.seq) findings.push(`"${text}" was answered ${seq} and is ${event.seq}`)
    if (event.seq <= (lastOf.get(device) ?? 0)) findings.push(`${device} said "${text}" later than the log has it`)
    lastOf.set(device, Math.max(event.seq, lastOf.get(device) ?? 0))
  }
  return findings.slice(0, findingsMax)
}

function heardWrong(name: string, heard: readonly Heard[], log: readonly Heard[]): string[] {
  const findings: string[] = []
  for (const [index, event] of heard.entries()) {
    const true_ = log[index]
    if (event.seq !== index + 1) {
      findings.push(`${name} heard ${event.seq} where ${index + 1} belongs`)
      break
    }
    if (true_ === undefined || true_.id !== event.id || true_.cmid !== event.cmid) {
      findings.push(`${name} heard ${event.id} as ${event.seq}; the log has ${true_?.id}`)
    }
  }
  if (heard.length < log.length) findings.push(`${name} heard ${heard.length} of ${log.length}`)
  return findings
}
