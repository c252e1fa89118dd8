/** The title of a page, from its bytes. Pure; takes time in proportion to the page whatever it holds. */

const titleLengthMax = 200
/** Where a page may say how its text is encoded (HTML, 13.2.3.2). */
const sniffedBytes = 1_024

/** The text of the first `<title>`; `undefined` when there is none. */
export function readPageTitle(body: Uint8Array, contentType: string): string | undefined {
  const text = decoderFor(body, contentType).decode(body)
  const start = text.search(/<title[\s>]/i)
  if (start === -1) return undefined
  const open = text.indexOf('>', start)
  const rest = open === -1 ? '' : text.slice(open + 1, open + 1 + 10_000)
  const close = rest.search(/<\/title/i)
  if (close === -1) return undefined
  // Format characters could turn the text around it over.
  const plain = decodeEntities(rest.slice(0, close))
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  const title = plain
    .slice(0, titleLengthMax)
    .toWellFormed()
    .replace(/\ufffd$/, '')
    .trim()
  return title === '' ? undefined : title
}

function decoderFor(body: Uint8Array, contentType: string): { decode(bytes: Uint8Array): string } {
  const beginning = Buffer.from(body.subarray(0, sniffedBytes)).toString('latin1')
  const marked =
    body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : body[0] === 0xff && body[1] === 0xfe ? 'utf-16le' : ''
  const named = /charset\s*=\s*["']?([\w.:-]{1,40})/i
  for (const label of [marked, named.exec(contentType)?.[1], named.exec(beginning)?.[1]]) {
    if (label === undefined || label === '') continue
    try {
      return new TextDecoder(label)
    } catch {
      // Not a name anybody knows; the next place may say better.
    }
  }
  return new TextDecoder('utf-8')
}

const entities: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', shy: '' },
  ...{ ndash: '–', mdash: '—', hellip: '…', bull: '•', middot: '·', laquo: '«', raquo: '»' },
  ...{ lsquo: '‘', rsquo: '’', sbquo: '‚', ldquo: '“', rdquo: '”', bdquo: '„' },
  ...{ copy: '©', reg: '®', trade: '™', euro: '€', pound: '£', deg: '°', times: '×', rarr: '→', larr: '←' },
  ...{ auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß' },
  ...{
    agrave: 'à',
    aacute: 'á',
    acirc: 'â',
    atilde: 'ã',
    aring: 'å',
    aelig: 'æ',
    ccedil: 'ç',
    egrave: 'è',
    eacute: 'é',
  },
  ...{ ecirc: 'ê', euml: 'ë', iacute: 'í', icirc: 'î', iuml: 'ï', ntilde: 'ñ', oacute: 'ó', ocirc: 'ô', oslash: 'ø' },
  ...{ ugrave: 'ù', uacute: 'ú', ucirc: 'û', Eacute: 'É', Agrave: 'À', Ccedil: 'Ç', Aring: 'Å', Oslash: 'Ø' },
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(entities, name) ? (entities[name] as string) : whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    return isCharacter ? String.fromCodePoint(code) : ' '
  })
}
