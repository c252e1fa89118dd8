/** A Redis to be cut off and restarted, where this machine has one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort } from './server-process.ts'

export interface RedisProcess {
  readonly port: number
  kill(): Promise<void>
  revive(): Promise<void>
}

const readyTimeoutMs = 60_000

/** Starts one that keeps nothing on disk; `undefined` where there is no `redis-server`. Kill it when done. */
export async function startRedis(): Promise<RedisProcess | undefined> {
  if (spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status !== 0) return undefined
  const port = await freePort()
  const start = async () => {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    const started = spawn('redis-server', options, { stdio: 'ignore', cwd: '/' })
    await untilItListens(port)
    return started
  }
  let running: ChildProcess | undefined = await start()
  return {
    port,
    async kill() {
      const ending = running
      running = undefined
      if (ending === undefined || ending.exitCode !== null) return
      const ended = once(ending, 'exit')
      ending.kill('SIGKILL')
      await ended
    },
    async revive() {
      running ??= await start()
    },
  }
}

async function untilItListens(port: number): Promise<void> {
  const deadlineMs = performance.now() + readyTimeoutMs
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isThere) return
    if (performance.now() > deadlineMs) throw new Error('redis-server does not listen')
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
