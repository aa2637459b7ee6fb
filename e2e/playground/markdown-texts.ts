/** A document with every kind of block. */
export const DOCUMENT = `# Terns

A *tern* is a **slender** seabird, see [the guide](https://example.com/terns) and \`sterna\`.

- one
- two with **bold**
  - inner \`code\`

    \`\`\`js
    const a = 1
    \`\`\`
- three

1. first
2. second

| Name | Weight |
| --- | ---: |
| Arctic | 100 g |
| Sandwich | 250 g |

> Quoted
> twice

\`\`\`ts
const size = 3 < 4

if (size) {}
\`\`\`

Title
-----

The end, with [a reference][1] and ![a picture](https://example.com/p.png).

[1]: https://example.com/late
`

/** Blocks longer than the writer processes in one frame. */
export const LONG = [
  Array.from({ length: 130 }, (_, index) => `${index + 1}. item **${index}**`).join('\n'),
  `| a | b |\n| --- | --- |\n${Array.from({ length: 130 }, (_, index) => `| ${index} | x |`).join('\n')}`,
  `\`\`\`\n${Array.from({ length: 300 }, (_, index) => `  line ${index}`).join('\n')}\n\`\`\``,
].join('\n\n')

const PROSE = `${'Terns fly far, *very* far, and `sterna` is what they are called in [books](https://example.com). '.repeat(6)}\n\n`

const mixed = (tokens: number): string => {
  const part = `${DOCUMENT.replace(/\n\[1\][^\n]*\n/, '\n')}\n\n${PROSE}`
  return part.repeat(Math.ceil(tokens / (part.length / 4)))
}
const list = (tokens: number): string =>
  Array.from({ length: tokens / 10 }, (_, index) => `- tern number ${index} with **bold** and \`code\`\n`).join('')
const code = (tokens: number): string =>
  `\`\`\`js\n${Array.from({ length: tokens / 10 }, (_, index) => `const tern${index} = fly(${index}, 'south')\n`).join('')}\`\`\`\n`
const table = (tokens: number): string =>
  `| bird | weight |\n| --- | --- |\n${Array.from({ length: tokens / 10 }, (_, index) => `| tern ${index} | **${index} g** |\n`).join('')}`
const paragraph = (tokens: number): string => 'Terns fly *far* and **wide**. '.repeat(tokens / 8)

/** Answers of roughly the given number of tokens. */
export const ANSWERS = { mixed, list, code, table, paragraph } as const
