/** Started by log-writer.test.ts: logs to the given place and exits in the given way. */
import { createLog, exitOnCrash } from '../src/index.ts'

const [ending = '', destination = '', count = '0'] = process.argv.slice(2)
const log = createLog({ level: 'info', destination: destination === 'stderr' ? 2 : destination })
if (ending === 'crash' || ending === 'rejection') exitOnCrash(log)
for (let i = 0; i < Number(count); i++) log.info({ i }, 'a line of ordinary length, as a server would write it')

switch (ending) {
  case 'return':
    break
  case 'exit':
    process.exit(0)
    break
  case 'throw':
    throw new Error('an uncaught error')
  case 'crash':
    setImmediate(() => {
      throw new Error('crashed with token=hunter2')
    })
    setInterval(() => {}, 1_000)
    break
  case 'rejection':
    void Promise.reject(new Error('rejected with token=hunter2'))
    setInterval(() => {}, 1_000)
    break
  default:
    throw new Error(`unknown ending ${ending}`)
}
