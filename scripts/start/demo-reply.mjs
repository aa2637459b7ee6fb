// @ts-check

const ABOUT = `I am a mock: no model runs here. Still, every byte of this came the way it comes from LM Studio, one event after another, and the page showed each as it arrived.

Open LM Studio, load a model, start the server in the Developer tab with CORS on, and run npm start again: then a real model answers.

Until then, write "lorem 300" for a long answer to stop, or "echo: anything" to hear it back.`

/**
 * What the mock says in the playground to whoever does not ask it for something of its own.
 * @type {import('../../src/testing/index.js').MockReplyFunction}
 */
export function demoReply({ messages, prompt, tools }) {
  const asked = messages.findLast(({ role }) => role === 'user')?.text ?? ''
  if (prompt !== undefined || tools.length > 0 || /^\s*(lorem \d+|echo:)/i.test(asked)) return undefined
  return { text: ABOUT, reasoning: `The person asks: ${asked}\nA mock cannot know, so it will say what it is.` }
}
