import { chromium } from 'playwright-core'
import { setUpAs, signUpAs, callApi } from '../e2e/browser.ts'
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const a = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
const b = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
for (const [n, p] of [['a', a], ['b', b]] as const) { p.setDefaultTimeout(20000)
 p.on('websocket', ws => { ws.on('framereceived', f => console.log(n, '<', String(f.payload).slice(0, 200))); ws.on('framesent', f => console.log(n, '>', String(f.payload).slice(0, 200))) }) }
await setUpAs(a, process.argv[2]!, 'ada')
await b.goto('http://localhost:4555/sign-up'); await signUpAs(b, 'bob'); await b.getByRole('heading', { name: 'Hello, bob' }).waitFor()
const room = await callApi(a, 'POST', '/chat/rooms', { name: 'Live' })
await callApi(b, 'POST', `/chat/rooms/${room.id}/join`, {})
const field = (p: typeof a) => p.locator('[data-composer]').first()
for (const p of [a, b]) { await p.goto(`http://localhost:4555/chat/${room.id}`); await field(p).waitFor() }
await b.waitForTimeout(2000)
console.log('--- typing')
await field(b).pressSequentially('Hello', { delay: 500 })
await a.waitForTimeout(500)
await a.screenshot({ path: '/tmp/octet/shots/typing.png' })
await browser.close()
