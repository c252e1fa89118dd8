/** Two people chat: live, through an outage, across tabs; their texts are never run as code. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { callApi, needsBrowser, newPerson, phone, signInAs, signUpAs, until } from './browser.ts'
import { adaAndBob, openStage, type Speaker } from './story.ts'

const { octet, browser } = await openStage({ after })

let ada: Speaker
let bob: Speaker

/** While a page is offline its requests fail; the test expects that. */
const outage = /ERR_INTERNET_DISCONNECTED|WebSocket/

before(async () => {
  if (needsBrowser.skip !== false) return
  ;({ ada, bob } = await adaAndBob({ octet, browser }))
})

async function makeRoom(name: string): Promise<string> {
  const room = await callApi(ada.page, 'POST', '/chat/rooms', { name })
  await callApi(bob.page, 'POST', `/chat/rooms/${room.id}/join`, {})
  return room.id
}

const field = (page: Page) => page.locator('[data-composer]').first()

async function enter(page: Page, roomId: string): Promise<void> {
  await page.goto(`${octet.origin}/chat/${roomId}`)
  await field(page).waitFor()
}

async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text)
  await field(page).press('Enter')
}

const message = (page: Page, text: string) => page.locator('[data-message]', { hasText: text })

/** The messages that the room shows as sent, in order. */
async function shown(page: Page): Promise<string[]> {
  return await page.locator('[data-message] p').allInnerTexts()
}

test(
  'a message reaches the other person at once; edits, deletions, reactions and receipts are live',
  needsBrowser,
  async () => {
    const roomId = await makeRoom('Live')
    await Promise.all([enter(ada.page, roomId), enter(bob.page, roomId)])
    const typing = ada.page.getByText('bob is typing…')
    // Typing before both have joined reaches no other member, and is sent again after three seconds of typing.
    for (let key = 0; key < 30 && !(await typing.isVisible()); key++) {
      await field(bob.page).pressSequentially('a', { delay: 300 })
    }
    await typing.waitFor()
    await say(bob.page, 'Hello **Ada**')
    await message(ada.page, 'Hello Ada').waitFor()
    assert.equal(await message(ada.page, 'Hello Ada').locator('strong', { hasText: 'Ada' }).count(), 1)

    // ↑ in the empty field edits the last own message.
    await field(bob.page).press('ArrowUp')
    const edit = bob.page.getByLabel('Edit message')
    await edit.fill('Good evening')
    await edit.press('Enter')
    await message(ada.page, 'Good evening').getByText('edited').waitFor()

    await message(ada.page, 'Good evening').hover()
    await ada.page.getByRole('button', { name: 'React with 👍' }).click()
    await message(bob.page, 'Good evening')
      .getByRole('button', { name: /👍, 1 reaction: ada/ })
      .waitFor()

    await say(ada.page, 'to be read')
    await message(ada.page, 'to be read').getByText('Read by 1 person').waitFor()

    await message(bob.page, 'Good evening').hover()
    await message(bob.page, 'Good evening').getByRole('button', { name: 'More actions' }).click()
    await bob.page.getByRole('menuitem', { name: 'Delete' }).click()
    await ada.page.getByText('This message was deleted.').waitFor()
    ada.assertNothingWrong()
    bob.assertNothingWrong()
  },
)

test(
  'messages written while one person is offline have the same order for both, and none is lost or doubled',
  needsBrowser,
  async () => {
    const roomId = await makeRoom('Outage')
    const lost = await newPerson(browser, { isTolerated: outage })
    await lost.page.goto(`${octet.origin}/sign-in`)
    await signInAs(lost.page, 'bob')
    await lost.page.getByRole('heading', { name: 'Hello, bob' }).waitFor()
    await Promise.all([enter(ada.page, roomId), enter(lost.page, roomId)])
    await say(ada.page, 'before')
    await message(lost.page, 'before').waitFor()

    await lost.context.setOffline(true)
    await lost.page.getByText('Connection lost').waitFor()
    for (let index = 1; index <= 3; index++) {
      await say(lost.page, `offline ${index}`)
      await say(ada.page, `meanwhile ${index}`)
    }
    assert.equal(await lost.page.getByText('sending…').count(), 3)
    assert.equal(await message(lost.page, 'meanwhile').count(), 0)
    // A reload does not lose waiting messages; the page cannot be loaded offline, so the network comes back first.
    await lost.context.setOffline(false)
    await lost.page.getByText('sending…').first().waitFor({ state: 'detached' })
    for (const { page } of [ada, lost]) {
      await message(page, 'offline 3').waitFor()
      await message(page, 'meanwhile 3').waitFor()
      await until(page, 'document.querySelectorAll("[data-message]").length === 7')
    }
    const [seen, seenByLost] = [await shown(ada.page), await shown(lost.page)]
    assert.deepEqual(seenByLost, seen)
    assert.equal(new Set(seen).size, 7)
    const own = seen.filter(text => text.startsWith('offline'))
    assert.deepEqual(own, ['offline 1', 'offline 2', 'offline 3'])
    await lost.page.reload()
    await message(lost.page, 'meanwhile 3').waitFor()
    assert.deepEqual(await shown(lost.page), seen)
    ada.assertNothingWrong()
    lost.assertNothingWrong()
    await lost.context.close()
  },
)

test('unread and mention badges are the same in two tabs; a draft survives a reload', needsBrowser, async () => {
  const roomId = await makeRoom('Badges')
  const elsewhere = await makeRoom('Elsewhere')
  const second = await ada.context.newPage()
  await Promise.all([enter(ada.page, elsewhere), enter(second, elsewhere)])
  await field(ada.page).fill('half a thought')
  const badge = (page: Page) => page.getByRole('navigation').getByRole('link', { name: /^Badges/ })
  await badge(second).waitFor()
  await callApi(bob.page, 'POST', `/chat/rooms/${roomId}/messages`, { cmid: 'badge-one', body: 'one' })
  await callApi(bob.page, 'POST', `/chat/rooms/${roomId}/messages`, { cmid: 'badge-two', body: `<@${ada.id}> two` })
  for (const page of [ada.page, second]) {
    await page.getByRole('link', { name: /^Badges.*2 unread messages, 1 mentions you/ }).waitFor()
  }
  await second.bringToFront()
  await badge(second).click()
  await message(second, '@ada two').waitFor()
  assert.equal(await second.getByText('New', { exact: true }).count(), 1)
  for (const page of [ada.page, second])
    await page.getByRole('link', { name: /^Badges.*unread/ }).waitFor({ state: 'detached' })
  await second.close()
  await ada.page.bringToFront()
  await ada.page.reload()
  await field(ada.page).waitFor()
  assert.equal(await field(ada.page).inputValue(), 'half a thought')
  await field(ada.page).fill('')
  ada.assertNothingWrong()
})

test('older messages load without moving the visible ones, and a link opens an old message', needsBrowser, async () => {
  const roomId = await makeRoom('History')
  let firstSeq = 0
  for (let index = 0; index < 130; index++) {
    const body = `number ${index}.`
    const { seq } = await callApi(bob.page, 'POST', `/chat/rooms/${roomId}/messages`, {
      cmid: `history-${index}`,
      body,
    })
    if (index === 3) firstSeq = seq
  }
  await callApi(ada.page, 'POST', `/chat/rooms/${roomId}/read`, { seq: 1_000 })
  await enter(ada.page, roomId)
  await message(ada.page, 'number 129.').waitFor()
  await ada.page.evaluate(`document.querySelector('[role=log]').scrollTop = 300`)
  const top = `(() => { const box = document.querySelector('[role=log]').getBoundingClientRect().top
    const row = [...document.querySelectorAll('[data-message]')].find(each => each.getBoundingClientRect().bottom > box)
    return row.innerText + Math.round(row.getBoundingClientRect().top) })()`
  const before = await ada.page.evaluate(top)
  await until(ada.page, 'document.querySelectorAll("[data-message]").length > 60')
  assert.equal(await ada.page.evaluate(top), before)

  await callApi(bob.page, 'POST', `/chat/rooms/${roomId}/messages`, { cmid: 'history-late', body: 'while you read' })
  await ada.page.getByRole('button', { name: '1 new message' }).waitFor()
  assert.equal(await ada.page.evaluate(top), before)
  await ada.page.getByRole('button', { name: '1 new message' }).click()
  await message(ada.page, 'while you read').waitFor()

  await ada.page.goto(`${octet.origin}/chat/${roomId}?at=${firstSeq}`)
  await message(ada.page, 'number 3.').waitFor()
  await until(ada.page, 'document.activeElement.innerText.includes("number 3.")')
  assert.equal(await message(ada.page, 'number 129.').count(), 0)
  await ada.page.getByRole('button', { name: 'Latest messages' }).click()
  await message(ada.page, 'while you read').waitFor()
  ada.assertNothingWrong()
})

test(
  'a person is invited by a link, mentioned, answered in a thread, found by search, and removed',
  needsBrowser,
  async () => {
    const room = await callApi(ada.page, 'POST', '/chat/rooms', { name: 'Secret', visibility: 'private' })
    await enter(ada.page, room.id)
    await ada.page.getByRole('button', { name: '1 member' }).click()
    await ada.page.getByRole('button', { name: 'Invite by link' }).click()
    await ada.page.getByRole('button', { name: 'Create link' }).click()
    const link = await ada.page.getByRole('textbox', { name: 'Invitation link' }).inputValue()
    await ada.page.keyboard.press('Escape')
    await bob.page.goto(link)
    await bob.page.getByRole('button', { name: 'Join' }).click()
    await field(bob.page).waitFor()
    await ada.page.getByRole('button', { name: 'Close 2 members' }).click()

    await field(ada.page).pressSequentially('welcome @bo')
    await ada.page.getByRole('option', { name: /bob/ }).waitFor()
    await field(ada.page).press('Enter')
    await field(ada.page).press('Enter')
    await message(bob.page, 'welcome @bob').hover()
    await message(bob.page, 'welcome @bob').getByRole('button', { name: 'More actions' }).click()
    await bob.page.getByRole('menuitem', { name: 'Reply in thread' }).click()
    await bob.page.getByLabel('Reply in thread').fill('thanks for having me')
    await bob.page.getByLabel('Reply in thread').press('Enter')
    await ada.page.getByRole('button', { name: '1 reply' }).click()
    await ada.page.getByRole('log', { name: 'Thread' }).getByText('thanks for having me').waitFor()

    await ada.page.getByRole('button', { name: 'Search this room' }).click()
    await ada.page.getByRole('searchbox', { name: 'Search words' }).fill('thanks')
    await ada.page.locator('mark', { hasText: 'thanks' }).waitFor()
    await ada.page.getByRole('button', { name: '2 members' }).click()
    await ada.page.getByRole('button', { name: 'Actions for bob' }).click()
    await ada.page.getByRole('menuitem', { name: 'Remove from room' }).click()
    await bob.page.getByText('You are no longer in this room').waitFor()
    ada.assertNothingWrong()
  },
)

const payloads = [
  '<img src=x onerror="window.wasRun=1">',
  '<script>window.wasRun=1</script>',
  '"><svg onload=window.wasRun=1>',
  '[click](javascript:window.wasRun=1)',
  '[click](data:text/html,<script>window.wasRun=1</script>)',
  '<a href="javascript:window.wasRun=1">x</a>',
  '![x](https://destination.example/track.png)',
  '<iframe srcdoc="<script>parent.wasRun=1</script>"></iframe>',
  '`<style>*{display:none}</style>`',
  '```html\n<script>window.wasRun=1</script>\n```',
  '{{constructor.constructor("window.wasRun=1")()}}',
  '\u202Egpj.exe <math><mi//xlink:href="data:x,<script>window.wasRun=1</script>">',
  '<@00000000-0000-0000-0000-000000000000><b onclick=window.wasRun=1>',
  '<form action=javascript:window.wasRun=1><button>x</button></form>',
]

test(
  'hostile names, topics and messages are shown as text: nothing runs, nothing is fetched',
  needsBrowser,
  async () => {
    const evil = await newPerson(browser)
    await evil.page.goto(`${octet.origin}/sign-up`)
    await signUpAs(evil.page, 'mallory')
    await evil.page.getByRole('heading', { name: 'Hello, mallory' }).waitFor()
    await callApi(evil.page, 'PATCH', '/users/me', { displayName: '<img src=x onerror=wasRun=1>' })
    const name = '<svg onload=window.wasRun=1>'
    const topic = '"><script>window.wasRun=1</script>'
    const room = await callApi(evil.page, 'POST', '/chat/rooms', { name, topic })
    for (const [index, body] of payloads.entries()) {
      await callApi(evil.page, 'POST', `/chat/rooms/${room.id}/messages`, { cmid: `payload-${index}`, body })
    }
    await callApi(ada.page, 'POST', `/chat/rooms/${room.id}/join`, {})
    await enter(ada.page, room.id)
    await ada.page.getByRole('heading', { level: 1, name }).waitFor()
    for (const link of await ada.page.locator('[data-message] a').all()) {
      assert.match((await link.getAttribute('href')) ?? '', /^(https?|mailto):/)
      assert.match((await link.getAttribute('rel')) ?? '', /noopener/)
    }
    assert.equal(await ada.page.locator('[data-message]').count(), payloads.length)
    assert.equal(
      await ada.page.locator('[data-message] :is(img, script, iframe, form, style, svg [onload])').count(),
      0,
    )
    for (const panel of ['members', 'search']) await ada.page.goto(`${octet.origin}/chat/${room.id}?panel=${panel}`)
    await ada.page.goto(`${octet.origin}/chat`)
    await ada.page.getByRole('main').getByText(name).first().waitFor()
    assert.equal(await ada.page.evaluate('window.wasRun'), undefined)
    ada.assertNothingWrong()
    evil.assertNothingWrong()
    await evil.context.close()
  },
)

test('by keyboard alone: to chat, to a room, write, reply, and the sheet names every key', needsBrowser, async () => {
  const roomId = await makeRoom('Keys')
  await callApi(bob.page, 'POST', `/chat/rooms/${roomId}/messages`, { cmid: 'keys-first', body: 'over to you' })
  const { page } = ada
  await page.goto(octet.origin)
  await page.getByRole('heading', { name: 'Hello, ada' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await page.getByRole('heading', { name: 'Chat', level: 1 }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog').getByText('Go to the next unread room').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('n')
  await message(page, 'over to you').waitFor()
  await until(page, 'document.activeElement.matches("[data-composer]")')
  await page.keyboard.press('Shift+Tab')
  await page.getByRole('log').focus()
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('r')
  await page.getByText('Reply to bob:').waitFor()
  await page.keyboard.type('over and out')
  await page.keyboard.press('Enter')
  await message(page, 'over and out').getByText('In reply to').waitFor()
  ada.assertNothingWrong()
})

test('on a phone: from the list to the room and back, and a tap shows the actions', needsBrowser, async () => {
  const roomId = await makeRoom('Pocket')
  await callApi(bob.page, 'POST', `/chat/rooms/${roomId}/messages`, { cmid: 'pocket-one', body: 'from afar' })
  const mobile = await newPerson(browser, { ...phone, storageState: await ada.context.storageState() })
  await mobile.page.goto(`${octet.origin}/chat`)
  await mobile.page
    .getByRole('main')
    .getByRole('link', { name: /Pocket/ })
    .first()
    .tap()
  await message(mobile.page, 'from afar').tap()
  await mobile.page.getByRole('button', { name: 'Reply', exact: true }).tap()
  await field(mobile.page).fill('from my pocket')
  await mobile.page.getByRole('button', { name: 'Send' }).tap()
  await message(mobile.page, 'from my pocket').waitFor()
  await mobile.page.getByRole('link', { name: 'All rooms' }).tap()
  await mobile.page.getByRole('heading', { name: 'Chat', level: 1 }).waitFor()
  mobile.assertNothingWrong()
  await mobile.context.close()
})
