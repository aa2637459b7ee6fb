import { expect, it } from 'vitest'
import { readLogprobs } from '../../src/generation/logprobs.js'

it.each<[string, unknown, unknown[]]>([
  ['nothing', undefined, []],
  ['a list', [{ token: 'a', logprob: 0 }], []],
  ['content', { content: [{ token: 'a', logprob: -1, bytes: [97] }] }, [{ token: 'a', logprob: -1 }]],
  ['a refusal', { content: null, refusal: [{ token: 'No', logprob: -1 }] }, [{ token: 'No', logprob: -1 }]],
  [
    'content before a refusal',
    { refusal: [{ token: 'b', logprob: -2 }], content: [{ token: 'a', logprob: -1 }] },
    [
      { token: 'a', logprob: -1 },
      { token: 'b', logprob: -2 },
    ],
  ],
  [
    'content before lists',
    { content: [{ token: 'a', logprob: -1 }], tokens: ['b'], token_logprobs: [-2] },
    [{ token: 'a', logprob: -1 }],
  ],
  [
    'alternatives, without those that cannot be read',
    {
      content: [
        { token: 'a', logprob: -1, top_logprobs: [{ token: 'b', logprob: -2, bytes: null }, null, { token: 'c' }] },
      ],
    },
    [{ token: 'a', logprob: -1, topLogprobs: [{ token: 'b', logprob: -2 }] }],
  ],
  ['no alternatives', { content: [{ token: 'a', logprob: -1, top_logprobs: [] }] }, [{ token: 'a', logprob: -1 }]],
  ['odd alternatives', { content: [{ token: 'a', logprob: -1, top_logprobs: 7 }] }, [{ token: 'a', logprob: -1 }]],
  ['null alternatives', { content: [{ token: 'a', logprob: -1, top_logprobs: null }] }, [{ token: 'a', logprob: -1 }]],
  ['lists', { tokens: ['a', 'b', 7], token_logprobs: [-1, null, -3] }, [{ token: 'a', logprob: -1 }]],
  [
    'lists with alternatives',
    { tokens: ['a', 'b', 'c'], token_logprobs: [-1, -2, -3], top_logprobs: [{ x: -4, y: -5 }, null] },
    [
      {
        token: 'a',
        logprob: -1,
        topLogprobs: [
          { token: 'x', logprob: -4 },
          { token: 'y', logprob: -5 },
        ],
      },
      { token: 'b', logprob: -2 },
      { token: 'c', logprob: -3 },
    ],
  ],
  ['tokens without a list of values', { tokens: ['a'], token_logprobs: -1 }, []],
  ['values without tokens', { tokens: 'a', token_logprobs: [-1] }, []],
])('the log probabilities are read from %s', (_, logprobs, read) => {
  expect(readLogprobs(logprobs)).toStrictEqual(read)
})
