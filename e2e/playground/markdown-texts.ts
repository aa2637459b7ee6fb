/** Of everything something. */
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

/** Blocks that are longer than what is read at once. */
export const LONG = [
  Array.from({ length: 130 }, (_, index) => `${index + 1}. item **${index}**`).join('\n'),
  `| a | b |\n| --- | --- |\n${Array.from({ length: 130 }, (_, index) => `| ${index} | x |`).join('\n')}`,
  `\`\`\`\n${Array.from({ length: 300 }, (_, index) => `  line ${index}`).join('\n')}\n\`\`\``,
].join('\n\n')
