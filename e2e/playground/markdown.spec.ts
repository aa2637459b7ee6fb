import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { build, type Rolldown } from 'vite'
import { fromRoot } from '../setup/paths.js'
import { expect, test as base } from './setup.js'
import { DOCUMENT, LONG } from './markdown-texts.js'

// Tests the Markdown writer in a real browser under the page's Content-Security-Policy, as sanitizing depends on the browser.

interface Window_ {
  readonly createMarkdownWriter: (target: HTMLElement) => {
    write(text: string): void
    end(): void
    flush(): void
  }
  hit?: unknown
}

const STYLES = fromRoot('playground/src/views/chat/markdown.css')

const test = base.extend<{ readonly writer: Page }, { readonly bundle: string; readonly html: string }>({
  bundle: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the required fixtures from the pattern
    async ({}, use) => {
      const output = (await build({
        configFile: fromRoot('playground/vite.config.ts'),
        logLevel: 'error',
        build: {
          write: false,
          lib: { entry: fromRoot('playground/src/markdown/markdown-writer.ts'), formats: ['es'] },
          rolldownOptions: { output: { codeSplitting: false } },
        },
      })) as Rolldown.RolldownOutput[]
      await use(output[0]!.output[0].code)
    },
    { scope: 'worker' },
  ],
  html: [
    // oxlint-disable-next-line no-empty-pattern -- as above
    async ({}, use) => {
      const policy = /<meta\s+http-equiv="Content-Security-Policy"[^>]*>/.exec(
        await readFile(fromRoot('playground/index.html'), 'utf8'),
      )![0]
      await use(
        `<!doctype html>${policy}<title>Writer</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/writer.css"><main id="target"></main>`,
      )
    },
    { scope: 'worker' },
  ],
  writer: async ({ page, site, bundle, html }, use) => {
    await page.route('**/writer.html', (route) => route.fulfill({ contentType: 'text/html', body: html }))
    await page.route('**/writer.css', (route) => route.fulfill({ path: STYLES }))
    await page.route('**/writer.js', (route) => route.fulfill({ contentType: 'text/javascript', body: bundle }))
    await page.goto(`${site.url}/writer.html`)
    await page.evaluate(async () => Object.assign(window, await import('/writer.js' as string)))
    await use(page)
  },
})

/** Writes chunk by chunk. Returns the HTML after each chunk and at the end. */
const stream = (page: Page, chunks: readonly string[]): Promise<string[]> =>
  page.evaluate((chunks) => {
    const { createMarkdownWriter } = window as unknown as Window_
    const target = document.createElement('div')
    document.querySelector('#target')!.replaceChildren(target)
    const writer = createMarkdownWriter(target)
    const shown = chunks.map((chunk) => {
      writer.write(chunk)
      writer.flush()
      return target.innerHTML
    })
    writer.end()
    writer.flush()
    return [...shown, target.innerHTML]
  }, chunks)

const render = async (page: Page, text: string): Promise<string> => (await stream(page, split(text, 500))).at(-1)!
const split = (text: string, size: number): string[] => text.match(new RegExp(`[^]{1,${size}}`, 'g'))!
const letters = (text: string): string[] => split(text, 1)

test.describe('streaming', () => {
  for (const [name, text] of [
    ['a document', DOCUMENT],
    ['carriage returns', DOCUMENT.replaceAll('\n', '\r\n')],
    ['long blocks', LONG],
  ] as const) {
    test(`renders ${name} the same way however the text is split`, async ({ writer }) => {
      const expected = withoutHighlighting(await render(writer, text))
      expect(expected.length).toBeGreaterThan(text.length / 2)
      for (const size of text === LONG ? [7, 90, 333] : [1, 2, 7, 40]) {
        const shown = await stream(writer, split(text, size))
        expect(withoutHighlighting(shown.at(-1)!), `chunks of ${size}`).toBe(expected)
      }
    })
  }

  test('renders every kind of block', async ({ writer }) => {
    await stream(writer, split(DOCUMENT, 11))
    const shape = await writer
      .locator('#target > div > *')
      .evaluateAll((elements) => elements.map(({ className, tagName }) => className || tagName))
    expect(shape).toEqual(['H3', 'P', 'UL', 'OL', 'md-table', 'BLOCKQUOTE', 'md-code', 'H4', 'P'])
    await expect(writer.getByRole('link')).toHaveText(['the guide', 'a reference', 'Image: a picture'])
    await expect(writer.locator('ul .md-code code')).toHaveText('const a = 1')
    await expect(writer.locator('#target > div > .md-code code')).toHaveText('const size = 3 < 4\n\nif (size) {}')
    await expect(writer.locator('.hljs-keyword')).toHaveText(['const', 'const', 'if'])
  })

  test('renders a long block as one block', async ({ writer }) => {
    await stream(writer, split(LONG, 90))
    const shape = await writer
      .locator('#target > div > *')
      .evaluateAll((elements) => elements.map(({ className, tagName }) => className || tagName))
    expect(shape).toEqual(['OL', 'md-table', 'md-code'])
    await expect(writer.locator('ol > li')).toHaveCount(130)
    await expect(writer.locator('tbody > tr')).toHaveCount(130)
    await expect(writer.locator('thead')).toHaveCount(1)
    const code = await writer.locator('pre code').evaluate(({ textContent }) => textContent)
    expect(code).toBe(Array.from({ length: 300 }, (_, index) => `  line ${index}`).join('\n'))
  })

  test('keeps the nodes of finished blocks and updates the last one in place', async ({ writer }) => {
    const unchanged = await writer.evaluate(() => {
      const { createMarkdownWriter } = window as unknown as Window_
      const target = document.querySelector<HTMLElement>('#target')!
      const writer = createMarkdownWriter(target)
      const write = (text: string): void => (writer.write(text), writer.flush())
      write('First.\n\nSome **bold')
      const [first, second] = target.children
      const bold = target.querySelector('strong')
      write(' text** and')
      write(' more.\n\n- third\n')
      return {
        first: target.children[0] === first,
        second: target.children[1] === second,
        bold: target.querySelector('strong') === bold,
        text: second!.textContent,
        children: target.children.length,
      }
    })
    expect(unchanged).toEqual({ first: true, second: true, bold: true, text: 'Some bold text and more.', children: 3 })
  })

  test('never shows unfinished syntax', async ({ writer }) => {
    const text = 'Some **bold words** and *more* of `code` in [a link](https://example.com/x) here.'
    for (const html of await stream(writer, letters(text)))
      expect(html.replace(/<[^>]+>/g, '')).not.toMatch(/[*`[\]()]/)
  })

  test('does not show a paragraph above a list as a heading', async ({ writer }) => {
    const shown = await stream(writer, letters('Birds:\n- tern\n- gull\n'))
    for (const html of shown) expect(html).not.toMatch(/<h\d/)
    expect(shown.at(-1)).toContain('<li>gull</li>')
  })

  test('shows a table from its first row on', async ({ writer }) => {
    const shown = await stream(writer, letters('| a | b |\n| --- | --- |\n| 1 | 2 |\n'))
    for (const html of shown.filter((html) => html !== '')) expect(html).toMatch(/^<div class="md-table"/)
    expect(shown.at(-1)).toContain('<td>2</td>')
  })
})

test.describe('lists and tables', () => {
  test('continue the numbers of a list after a code block', async ({ writer }) => {
    await stream(writer, split('1. one\n2. two\n\n```sh\nls\n```\n\n3. three\n4. four\n', 7))
    const starts = await writer.locator('ol').evaluateAll((lists) => (lists as HTMLOListElement[]).map((l) => l.start))
    expect(starts).toEqual([1, 3])
  })

  test('keep the alignment of table columns', async ({ writer }) => {
    await stream(writer, split('| a | b | c |\n| :-- | :-: | --: |\n| 1 | 2 | 3 |\n', 9))
    const aligned = await writer
      .locator('td')
      .evaluateAll((cells) => (cells as HTMLTableCellElement[]).map(({ align }) => align))
    expect(aligned).toEqual(['left', 'center', 'right'])
  })

  test('make each column as wide as its longest word, also when a later row has a longer one', async ({ writer }) => {
    await writer.setViewportSize({ width: 300, height: 600 })
    const rows = Array.from({ length: 60 }, (_, index) => `| ${index} | x |\n`).join('')
    await stream(writer, split(`| a | b |\n| --- | --- |\n${rows}| Telecommunications | y |\n`, 40))
    await expect(writer.locator('tbody > tr')).toHaveCount(61)
    const [first, second] = await writer
      .locator('col')
      .evaluateAll((columns) => (columns as HTMLTableColElement[]).map(({ style }) => Number.parseFloat(style.width)))
    expect(first).toBeGreaterThan(11)
    expect(second).toBe(6)
  })

  test('have equally wide columns while every word fits', async ({ writer }) => {
    await stream(writer, split('| a | b |\n| --- | --- |\n| Sandwich | x |\n| Telecommunications | y |\n', 5))
    await expect(writer.locator('col')).toHaveCount(0)
    const widths = await writer.locator('th').evaluateAll((cells) => cells.map((cell) => cell.clientWidth))
    expect(Math.abs(widths[0]! - widths[1]!)).toBeLessThan(3)
  })

  test('show text between single tildes unchanged', async ({ writer }) => {
    const html = await render(writer, 'About ~2~ of H~2~O, and ~~gone~~.')
    expect(html).toContain('About ~2~ of H~2~O, and <del>gone</del>.')
  })
})

test.describe('formulas', () => {
  /** The shape of the first formula, without its styles. */
  const mathOf = (page: Page): Promise<string> =>
    page
      .locator('math')
      .first()
      .evaluate((math) => math.outerHTML.replaceAll(/ (?:style|class)="[^"]*"/g, ''))

  for (const [text, mathML] of [
    [String.raw`The area is \(a^2\).`, '<math><msup><mi>a</mi><mn>2</mn></msup></math>'],
    ['The area is $a^2$, or so.', '<math><msup><mi>a</mi><mn>2</mn></msup></math>'],
    ['Then\n$$\na^2\n$$\nand so on.', '<math display="block"><msup><mi>a</mi><mn>2</mn></msup></math>'],
    [String.raw`So \[ a^2 \] holds.`, '<math display="block"><msup><mi>a</mi><mn>2</mn></msup></math>'],
    ['- item:\n  \\[\n  a^2\n  \\]\n', '<math display="block"><msup><mi>a</mi><mn>2</mn></msup></math>'],
  ] as const) {
    test(`renders ${JSON.stringify(text)} as MathML`, async ({ writer }) => {
      for (const size of [1, 5, 500]) {
        await stream(writer, split(text, size))
        await expect(writer.locator('math')).toHaveCount(1)
        expect(await mathOf(writer)).toBe(mathML)
        await expect(writer.locator('#target')).not.toContainText(/[$\\]/)
      }
    })
  }

  test('renders matrices, environments and fractions', async ({ writer }) => {
    await stream(writer, [
      String.raw`$$\begin{pmatrix}1&2\\3&4\end{pmatrix}$$` +
        '\n\n' +
        String.raw`\begin{align*} a &= b \\ c &= \frac{d}{e} \end{align*}` +
        '\n\nEnd.',
    ])
    await expect(writer.locator('math')).toHaveCount(2)
    await expect(writer.locator('mtable')).toHaveCount(2)
    await expect(writer.locator('mfrac')).toHaveCount(1)
    await expect(writer.locator('#target')).toContainText('End.')
  })

  for (const text of [
    'It costs $5 and $10.',
    'It costs $5 and US$10, or $5 and 20$ more.',
    'Between $5–$10, about $1,000 (or 900$).',
    'Set $HOME and $PATH first.',
    'A `$x$` in code.',
  ]) {
    test(`leaves “${text}” as text`, async ({ writer }) => {
      const shown = await stream(writer, letters(text))
      for (const html of shown) expect(html).not.toContain('<math')
      await expect(writer.locator('#target')).toHaveText(text.replaceAll('`', ''))
    })
  }

  test('leaves dollar signs in code blocks alone', async ({ writer }) => {
    await stream(writer, letters('```sh\necho $x $y\n\necho $$ \\(a\\)\n```\n'))
    await expect(writer.locator('math')).toHaveCount(0)
    await expect(writer.locator('pre code')).toHaveText('echo $x $y\n\necho $$ \\(a\\)')
  })

  test('shows the source of a formula that is still streaming', async ({ writer }) => {
    await stream(writer, ['$x$ first'])
    const shown = await stream(writer, [
      String.raw`With \(v_1 * v_2 = \frac{a`,
      '}{b}\\)',
      ' we get\n\n\\[\ny = *2',
      '\n\\]',
    ])
    expect(shown[0]).toContain(String.raw`\(v_1 * v_2 = \frac{a`)
    expect(shown[0]).not.toContain('<em>')
    expect(shown[1]).toContain('<mfrac>')
    expect(shown[2]).toContain('y = *2')
    expect(shown[2]).not.toContain(String.raw`\[`)
    expect(shown[3]!.match(/<math/g)).toHaveLength(2)
  })

  test('shows the source of a damaged formula', async ({ writer }) => {
    await stream(writer, [String.raw`Broken: \(\frac{a\), unknown: $\nosuchcommand{x}$. Open: \(a + b`])
    await expect(writer.locator('math')).toHaveCount(0)
    await expect(writer.locator('.md-math-source')).toHaveText([String.raw`\frac{a`, String.raw`\nosuchcommand{x}`])
    await expect(writer.locator('#target')).toContainText('a + b')
  })

  test('renders nothing but MathML from commands for links, classes and images', async ({ writer }) => {
    await stream(writer, [
      [
        String.raw`\href{javascript:hit()}{x}`,
        String.raw`\includegraphics{https://example.com/p.png}`,
        String.raw`\class{page}{x}`,
        String.raw`\htmlId{app}{x}`,
        String.raw`a \label{app}`,
        String.raw`\text{<img src=x onerror=hit()>}`,
      ]
        .map((source) => `$$${source}$$`)
        .join('\n\n'),
    ])
    const found = await writer
      .locator('#target math, #target math *')
      .evaluateAll((elements) =>
        elements.filter(
          (element) => element.namespaceURI !== 'http://www.w3.org/1998/Math/MathML' || element.id !== '',
        ),
      )
    expect(found).toEqual([])
    await expect(writer.locator('#target').locator('a, img, [href], [src]')).toHaveCount(0)
  })
})

test.describe('right-to-left text', () => {
  test('sets the direction of each block by its first letter', async ({ writer }) => {
    await stream(writer, [
      'שלום עולם\n\nHello\n\n- אחד\n- two\n\n```js\nlet a\n```\n\n| שם | b |\n| --- | --- |\n| x | y |\n',
    ])
    const directions = await writer
      .locator('#target > div > *')
      .evaluateAll((blocks) =>
        blocks.map((block) => getComputedStyle(block.querySelector('table, pre') ?? block).direction),
      )
    expect(directions).toEqual(['rtl', 'ltr', 'rtl', 'ltr', 'rtl'])
  })
})

test.describe('sanitizing', () => {
  test.beforeEach(({ page }) => {
    // Fails on a request to another host.
    page.on('request', (request) => expect(new URL(request.url()).hostname).toBe('127.0.0.1'))
  })

  for (const [name, text] of [
    ['a script', '<script>window.hit = 1</script>'],
    ['a script in a paragraph', 'a <script>window.hit = 1</script> b'],
    ['an event handler', '<img src=x onerror="window.hit = 1">'],
    ['an iframe', '<iframe srcdoc="<script>parent.hit = 1</script>"></iframe>'],
    ['an SVG', '<svg onload="window.hit = 1"><a href="javascript:hit()"></svg>'],
    ['a style', '<style>* { display: none }</style>'],
    ['a form', '<form action="https://example.com"><input name=q></form>'],
    ['a code language that breaks out of its attribute', '```"><img src=x onerror=hit()>\ncode\n```'],
    ['a link that breaks out of its attribute', '[a](https://example.com/"onmouseover="hit())'],
    ['a title that breaks out of its attribute', '[a](https://example.com "x\\" onmouseover=\\"hit()")'],
    ['a template', '<template><script>hit()</script></template>'],
    [
      'a mutation XSS payload',
      '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=hit()&gt;">',
    ],
  ] as const) {
    test(`removes ${name}`, async ({ writer }) => {
      for (const size of [1, 9, 1000]) {
        await stream(writer, split(text, size))
        const found = await writer
          .locator('#target *')
          .evaluateAll((elements) =>
            elements.flatMap(({ tagName, attributes }) => [
              ...(/^(script|iframe|object|embed|svg|math|style|form|input|template|img|base|link|meta)$/i.test(tagName)
                ? [tagName]
                : []),
              ...[...attributes]
                .map((attribute) => attribute.name)
                .filter((name) => /^(on|style|srcdoc|formaction)/.test(name)),
            ]),
          )
        expect(found).toEqual([])
        expect(await writer.evaluate(() => (window as unknown as Window_).hit)).toBeUndefined()
      }
    })
  }

  for (const href of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    '&#106;avascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    '//example.com/x',
    '/x',
    '#x',
  ]) {
    test(`does not link to ${href}`, async ({ writer }) => {
      await stream(writer, [`[label](<${href}>) and ![picture](<${href}>) and [ref]\n\n[ref]: <${href}>`])
      await expect(writer.locator('a, img')).toHaveCount(0)
      await expect(writer.locator('#target')).toContainText('label')
    })
  }

  test('opens a web link in a new tab without a referrer', async ({ writer }) => {
    await stream(writer, ['[a](https://example.com/?a=1&b=2) <mailto:a@example.com> www.example.org'])
    const links = await writer
      .locator('a')
      .evaluateAll((links) => (links as HTMLAnchorElement[]).map(({ href, target, rel }) => [href, target, rel]))
    const rest = ['_blank', 'noopener noreferrer nofollow']
    expect(links).toEqual([
      ['https://example.com/?a=1&b=2', ...rest],
      ['mailto:a@example.com', ...rest],
      ['http://www.example.org/', ...rest],
    ])
  })

  test('shows an embedded image and links to a remote one', async ({ writer }) => {
    const near = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='
    await stream(writer, [`![far](https://example.com/p.png) ![near](${near})`])
    await expect(writer.locator('img')).toHaveAttribute('alt', 'near')
    await expect(writer.locator('img')).toHaveCount(1)
    await expect(writer.getByRole('link')).toHaveText('Image: far')
  })
})

const withoutHighlighting = (html: string): string => html.replace(/<\/?span[^>]*>/g, '')
