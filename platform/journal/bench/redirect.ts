/**
 * Measures how much waiting for durability adds to a redirect: `node bench/redirect.ts [--rounds 20] [--dir …]`. It
 * compares a bare `node:http` server with the same server and one append per request. There are 64 connections; the
 * server runs on core 0 and the load generator on core 1 (needs `taskset`). It prints medians and quartiles over the
 * rounds. CPU time per request is least affected by other work on the machine.
 */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { openJournal } from '../src/index.ts'
import { click, inTurn, quantile, type Variant, variants } from './variants.ts'

/** `taskset` is part of util-linux. */
const tieToCore = 'taskset'
const connections = 64
const warmUpMs = 400
const measuredMs = 700
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    dir: { type: 'string', default: tmpdir() },
    load: { type: 'string' },
  },
})

/** Sends the next request on each connection when the last is answered; prints requests per second and median ms. */
function load(port: number): void {
  const request = Buffer.from('GET /s/abc1234 HTTP/1.1\r\nhost: localhost\r\nuser-agent: bench\r\n\r\n')
  let latenciesMs: number[] = []
  for (let index = 0; index < connections; index += 1) {
    const socket = connect(port, '127.0.0.1').setNoDelay(true)
    let sentMs = performance.now()
    socket.write(request)
    socket.on('data', () => {
      const nowMs = performance.now()
      latenciesMs.push(nowMs - sentMs)
      sentMs = nowMs
      socket.write(request)
    })
  }
  setTimeout(() => {
    latenciesMs = []
    setTimeout(() => {
      console.log(JSON.stringify([(latenciesMs.length / measuredMs) * 1000, quantile(latenciesMs, 0.5)]))
      process.exit()
    }, measuredMs)
  }, warmUpMs)
}

interface Result {
  readonly cpuUs: number
  readonly perSecond: number
  readonly p50Ms: number
}

function redirect(response: ServerResponse): void {
  response.writeHead(302, { location: 'https://example.com/some/long/target', 'cache-control': 'private, max-age=0' })
  response.end()
}

async function measure(variant: Variant | undefined): Promise<Result> {
  const dir = mkdtempSync(join(values.dir, 'journal-bench-'))
  const journal = variant && (await openJournal({ dir, disk: variant.disk, diskBytesMax: Number.MAX_SAFE_INTEGER }))
  let served = 0
  const server = createServer((_request, response) => {
    served += 1
    if (variant && journal) variant.append(journal, click, () => redirect(response))
    else redirect(response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const cpuBefore = process.cpuUsage()
  const command = ['-c', '1', process.execPath, import.meta.filename, '--load', String(port)]
  const { stdout } = await promisify(execFile)(tieToCore, command)
  const cpu = process.cpuUsage(cpuBefore)
  const [perSecond = 0, p50Ms = 0] = JSON.parse(stdout) as number[]
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  await journal?.close()
  rmSync(dir, { recursive: true })
  return {
    cpuUs: (cpu.user + cpu.system) / served,
    perSecond,
    p50Ms,
  }
}

async function compare(): Promise<void> {
  execFileSync(tieToCore, ['-a', '-p', '-c', '0', String(process.pid)])
  const sides = [
    { name: 'bare node:http', variant: undefined },
    ...variants.map(one => ({ name: one.name, variant: one })),
  ]
  const results = new Map<string, Result[]>(sides.map(({ name }) => [name, []]))
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const { name, variant } of inTurn(sides, round)) results.get(name)?.push(await measure(variant))
  }
  // Each is compared with the bare server of its own round, with quartiles, because the machine is seldom idle.
  const bare = results.get('bare node:http') ?? []
  const spread = (numbers: number[]) =>
    `${quantile(numbers, 0.5).toFixed(2)} (${quantile(numbers, 0.25).toFixed(2)}–${quantile(numbers, 0.75).toFixed(2)})`
  for (const [name, rounds] of results) {
    const ratioTo = (key: keyof Result) => rounds.map((round, index) => round[key] / (bare[index]?.[key] ?? Number.NaN))
    console.log(
      `${name.padEnd(22)} requests/s of bare ${spread(ratioTo('perSecond'))}  ` +
        `CPU of bare ${spread(ratioTo('cpuUs'))}  ` +
        `CPU µs ${spread(rounds.map(round => round.cpuUs))}  ` +
        `p50 ms ${spread(rounds.map(round => round.p50Ms))}`,
    )
  }
}

if (values.load === undefined) await compare()
else load(Number(values.load))
