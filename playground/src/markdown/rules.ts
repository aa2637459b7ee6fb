import { Lexer, Marked, type Token, type TokensList } from 'marked'

/** What a text is made of, and links that it defines. */
export type Links = TokensList['links']

const REFERENCE = /^(https?:|mailto:)/i
const PICTURE = /^data:image\/(png|jpe?g|gif|webp);base64,/i

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const link = (href: string, title: string | null | undefined, content: string): string => {
  if (!REFERENCE.test(href)) return content
  const told = title ? ` title="${escape(title)}"` : ''
  return `<a href="${escape(href)}"${told}>${content}</a>`
}

const marked = new Marked({
  gfm: true,
  renderer: {
    // Tags that a model writes are shown, not obeyed; but it has no other way to break a line in a table.
    html({ text, block }) {
      if (/^<br\s*\/?>$/i.test(text.trim())) return '<br>'
      return block === true ? `<p class="md-raw">${escape(text.trimEnd())}</p>` : escape(text)
    },
    link({ href, title, tokens }) {
      return link(href, title, this.parser.parseInline(tokens))
    },
    // Fetching a picture would tell its server that, and when, this was read.
    image({ href, title, text }) {
      const alt = escape(text)
      if (PICTURE.test(href)) return `<img src="${escape(href)}" alt="${alt}">`
      return link(href, title, `Image: ${alt || escape(href)}`)
    },
    // Below the headings of the page.
    heading({ tokens, depth }) {
      const level = Math.min(depth + 2, 6)
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`
    },
    code({ text, lang }) {
      return `<pre><code class="${escape(languageOf(lang))}">${escape(text)}</code></pre>`
    },
    checkbox({ checked }) {
      return `<span class="md-check" role="img" aria-label="${checked ? 'done' : 'to do'}">${checked ? '☑' : '☐'}</span> `
    },
  },
})

/** The language of a code block: the first word beside the fence, `''` for none. */
export const languageOf = (info: string | undefined): string => /^[\w+#.-]{1,30}/.exec(info?.trim() ?? '')?.[0] ?? ''

/** Cuts a text into blocks. `links` are definitions that came before; those of the text are added. */
export function lex(text: string, links: Links): Token[] {
  const lexer = new Lexer(marked.defaults)
  lexer.tokens.links = links
  return lexer.lex(text)
}

/** The HTML of blocks, to be sanitised. */
export const toHTML = (tokens: Token[]): string => marked.parser(tokens)
