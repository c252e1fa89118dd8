/** The emoji of the picker with their search words. Other emoji can be typed or pasted. */
export const quickEmoji = ['👍', '❤️', '😂', '🎉', '👀', '✅'] as const

const table = `
👍 thumbs up yes good|👎 thumbs down no|❤️ heart love|😂 laugh tears joy|🎉 party tada|👀 eyes look|✅ check done
🙏 thanks please pray|🔥 fire hot|💯 hundred|🚀 rocket ship|👏 clap bravo|🙌 hands hooray|💪 strong|🤝 deal handshake
👋 wave hello bye|✌️ peace|👌 ok|🤞 luck fingers|🫶 heart hands|☝️ point up|👇 point down|✍️ write
🙂 smile|😀 grin happy|😄 happy|😅 sweat phew|🤣 rofl laugh|😊 blush|😍 love eyes|😘 kiss|😎 cool|🤓 nerd
🤔 think hmm|🤨 doubt|😐 neutral|🙄 eye roll|😬 grimace|😴 sleep tired|🤯 mind blown|😱 shock scream|😳 flushed
😢 sad cry|😭 cry sob|😞 disappointed|😠 angry|😡 rage|🥳 celebrate|🥲 tear smile|😇 angel|🤗 hug|🫡 salute
😷 mask sick|🤒 ill fever|🥶 cold freezing|🥵 hot sweat|🤡 clown|👻 ghost|💀 skull dead|🤖 robot|👾 alien game
🐛 bug|🦊 fox|🐱 cat|🐶 dog|🐢 turtle slow|🦄 unicorn|🐙 octopus|🐝 bee|🦋 butterfly|🌱 plant grow
☀️ sun|🌧️ rain|❄️ snow|⛈️ storm|🌈 rainbow|⭐ star|✨ sparkles|⚡ lightning fast|🌍 world|🌙 moon
☕ coffee|🍵 tea|🍺 beer|🍷 wine|🍕 pizza|🍔 burger|🍰 cake|🍎 apple|🍓 strawberry|🥐 croissant breakfast
⚽ football|🏀 basketball|🎮 game|🎵 music|🎸 guitar|🎨 art|📷 photo|🎬 film|🏆 trophy win|🥇 gold first
💡 idea|🔧 fix tool|🔨 hammer build|📌 pin|📎 clip|📅 calendar date|📝 note write|📦 package ship|📈 chart up
📉 chart down|🔍 search|🔒 lock|🔑 key|🔗 link|💬 talk chat|📣 announce|🔔 bell|⏰ alarm time|⏳ wait
💻 computer|📱 phone|🖨️ printer|💾 save|🧪 test|🧹 clean|🗑️ trash|🚧 construction work|🚨 alarm incident
❓ question|❗ exclamation|⚠️ warning|❌ cross no|➕ plus|➖ minus|♻️ recycle|🆗 ok|🆕 new|🔝 top
🏠 home|🏢 office|✈️ plane travel|🚗 car|🚲 bike|🚆 train|🏖️ beach holiday|⛰️ mountain|🎁 gift|💐 flowers
`

export const emojiList: readonly { readonly emoji: string; readonly words: string }[] = table
  .split(/[|\n]/)
  .filter(line => line !== '')
  .map(line => {
    const at = line.indexOf(' ')
    return { emoji: line.slice(0, at), words: line.slice(at + 1) }
  })
