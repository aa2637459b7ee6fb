/** Everything that is compared, in the order of the tables. `id` is what client.js is started with. */
const HAND = { name: 'hand-written loop', id: 'hand-written' }
const OURS = [
  { name: 'lmstudio-provider, events', id: 'lmstudio-provider:events' },
  { name: 'lmstudio-provider, textStream', id: 'lmstudio-provider:textStream' },
]
const PEERS = [
  { name: 'eventsource-parser, fed by hand', id: 'eventsource-parser:parser' },
  { name: 'eventsource-parser, its stream', id: 'eventsource-parser:stream' },
  { name: 'openai', id: 'openai' },
  { name: '@xsai/stream-text', id: 'xsai' },
  { name: 'ai + @ai-sdk/openai-compatible', id: 'ai-sdk' },
  { name: '@langchain/openai', id: 'langchain' },
]

export const hand = HAND
export const streaming = { base: HAND, ours: OURS, peers: PEERS }

const without = (list, ...ids) => list.filter(({ id }) => !ids.includes(id))
const noParser = without(PEERS, 'eventsource-parser:parser', 'eventsource-parser:stream').map((peer) =>
  peer.id === 'xsai' ? { ...peer, name: 'xsai' } : peer,
)
const plain = { name: 'fetch + JSON', id: 'hand-written' }
const bounded = { name: 'hand-written with signal, time limit and bounded reading', id: 'hand-written:bounded' }
const provider = { name: 'lmstudio-provider', id: 'lmstudio-provider' }

/** The budget is held against `bounded`: what a careful caller would write, not the shortest call that works. */
export const calls = {
  plain,
  bounded,
  ours: provider,
  peers: { complete: noParser, list: without(noParser, 'ai-sdk', 'langchain') },
}
