import { expect, it } from 'vitest'
import { toEventResponse } from '../../src/streaming/event-response.js'

async function* of(...texts: string[]) {
  yield* texts
}

it.each<[string, string[], string]>([
  ['in two texts', ['Sea \ud83d', '\ude00!'], 'Sea 😀!'],
  ['in texts of its own', ['\ud83d', '\ude00'], '😀'],
  ['with an empty text between', ['\ud83d', '', '\ude00'], '😀'],
  ['twice', ['\ud83d', '\ude00\ud83d', '\ude00'], '😀😀'],
  ['without its second half', ['Sea \ud83d'], 'Sea \ufffd'],
])('a plain text keeps a character that arrives %s', async (_, texts, expected) => {
  const response = await toEventResponse(() => of(...texts), { format: 'text' })
  expect(await response.text()).toBe(expected)
})
