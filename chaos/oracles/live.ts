/** O14: the events that clients received of a room, compared with its log. */
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
  /** The `seq` of the acknowledgement; absent without one. */
  readonly seq?: number
}

export interface LiveHistory {
  /** The log in the database at the end. */
  readonly log: readonly Heard[]
  readonly listeners: readonly Listened[]
  /** The messages of each device, in the order of sending. */
  readonly told: readonly Told[]
}

const findingsMax = 20

export function liveFindings({ log, listeners, told }: LiveHistory): string[] {
  const findings: string[] = []
  log.forEach(({ seq }, index) => {
    if (seq !== index + 1) findings.push(`the log has ${seq} in place of ${index + 1}`)
  })
  for (const { name, heard } of listeners) findings.push(...receivedWrongly(name, heard, log))
  const byCmid = new Map<string, Heard[]>()
  for (const event of log) {
    if (event.cmid !== undefined) byCmid.set(event.cmid, [...(byCmid.get(event.cmid) ?? []), event])
  }
  const lastOf = new Map<string, number>()
  for (const { device, cmid, text, seq } of told) {
    const [event, ...more] = byCmid.get(cmid) ?? []
    if (more.length > 0) findings.push(`${device} sent "${text}" once; the log has it ${more.length + 1} times`)
    if (event === undefined) {
      if (seq !== undefined)
        findings.push(`"${text}" of ${device} was acknowledged as ${seq}; the log does not have it`)
      continue
    }
    if (seq !== undefined && seq !== event.seq)
      findings.push(`"${text}" was acknowledged as ${seq} and is ${event.seq}`)
    if (event.seq <= (lastOf.get(device) ?? 0))
      findings.push(`"${text}" of ${device} is in the log before an earlier send`)
    lastOf.set(device, Math.max(event.seq, lastOf.get(device) ?? 0))
  }
  return findings.slice(0, findingsMax)
}

function receivedWrongly(name: string, heard: readonly Heard[], log: readonly Heard[]): string[] {
  const findings: string[] = []
  for (const [index, event] of heard.entries()) {
    const logged = log[index]
    if (event.seq !== index + 1) {
      findings.push(`${name} received ${event.seq} in place of ${index + 1}`)
      break
    }
    if (logged === undefined || logged.id !== event.id || logged.cmid !== event.cmid) {
      findings.push(`${name} received ${event.id} as ${event.seq}; the log has ${logged?.id}`)
    }
  }
  if (heard.length < log.length) findings.push(`${name} received ${heard.length} of ${log.length}`)
  return findings
}
