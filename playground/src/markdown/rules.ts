import { Lexer, Marked, type Token, type Tokens, type TokensList } from 'marked'
import { escapeHTML } from './escape-html.js'
import { MATH_EXTENSIONS } from './math-syntax.js'

/** Link definitions by reference. */
export type Links = TokensList['links']

const SAFE_LINK = /^(https?:|mailto:)/i
const EMBEDDED_IMAGE = /^data:image\/(png|jpe?g|gif|webp);base64,/i

const link = (href: string, title: string | null | undefined, content: string): string => {
  if (!SAFE_LINK.test(href)) return content
  const titleAttribute = title ? ` title="${escapeHTML(title)}"` : ''
  return `<a href="${escapeHTML(href)}"${titleAttribute}>${content}</a>`
}

const STRIKETHROUGH = /^~~(?=[^\s~])((?:\\[^]|[^\\])*?[^\s~\\])~~(?!~)/

const marked = new Marked({
  gfm: true,
  extensions: MATH_EXTENSIONS,
  tokenizer: {
    // Single tildes mean “about” or a subscript (`~2~`) in a model's text.
    del(src): Tokens.Del | undefined {
      const [raw, text] = STRIKETHROUGH.exec(src) ?? []
      if (raw === undefined || text === undefined) return undefined
      return { type: 'del', raw, text, tokens: this.lexer.inlineTokens(text) }
    },
  },
  renderer: {
    // HTML written by a model is shown as text, except <br>: Markdown has no other line break inside a table.
    html({ text, block }) {
      if (/^<br\s*\/?>$/i.test(text.trim())) return '<br>'
      return block === true ? `<p class="md-raw">${escapeHTML(text.trimEnd())}</p>` : escapeHTML(text)
    },
    link({ href, title, tokens }) {
      return link(href, title, this.parser.parseInline(tokens))
    },
    // Fetching an image would reveal to its server when this message was read.
    image({ href, title, text }) {
      const alt = escapeHTML(text)
      if (EMBEDDED_IMAGE.test(href)) return `<img src="${escapeHTML(href)}" alt="${alt}">`
      return link(href, title, `Image: ${alt || escapeHTML(href)}`)
    },
    // The page itself uses levels 1 and 2.
    heading({ tokens, depth }) {
      const level = Math.min(depth + 2, 6)
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`
    },
    code({ text, lang }) {
      return `<pre><code class="${escapeHTML(languageOf(lang))}">${escapeHTML(text)}</code></pre>`
    },
    checkbox({ checked }) {
      return `<span class="md-check" role="img" aria-label="${checked ? 'done' : 'to do'}">${checked ? '☑' : '☐'}</span> `
    },
  },
})

/** The language of a code block: the first word after the fence, `''` for none. */
export const languageOf = (info: string | undefined): string => /^[\w+#.-]{1,30}/.exec(info?.trim() ?? '')?.[0] ?? ''

/** Parses a text into blocks. Adds the link definitions in the text to `links`. */
export function lex(text: string, links: Links): Token[] {
  const lexer = new Lexer(marked.defaults)
  lexer.tokens.links = links
  return lexer.lex(text)
}

/** Renders blocks as HTML, which must still be sanitized. */
export const toHTML = (tokens: Token[]): string => marked.parser(tokens)
