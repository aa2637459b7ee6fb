// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const aiSDK = [
  {
    file: 'ai-sdk/errors.ts',
    find: 'maxRetries === 0 && ',
    replace: '',
    tests: ['test/ai-sdk/errors.test.ts'],
    note: 'the AI SDK repeats what the client has repeated',
  },
  {
    file: 'ai-sdk/errors.ts',
    find: "{ kind: 'generation' }, 2",
    replace: "{ kind: 'read' }, 1",
    tests: ['test/ai-sdk/errors.test.ts'],
    note: 'a generation that may be running is repeated',
  },
  {
    file: 'ai-sdk/errors.ts',
    find: 'isAbort || !ProviderError',
    replace: '!ProviderError',
    tests: ['test/ai-sdk/stream.test.ts'],
    note: 'the reason of an abort is converted',
  },
  {
    file: 'ai-sdk/language-model.ts',
    find: 'if (call.abortSignal?.aborted === true) return controller.error(error)',
    replace: '',
    tests: ['test/ai-sdk/sdk.test.ts', 'test/ai-sdk/stream.test.ts'],
    note: 'an abort in the middle of a stream becomes an error',
  },
  {
    file: 'ai-sdk/language-model.ts',
    find: 'await events.return?.()',
    replace: '',
    tests: ['test/ai-sdk/stream.test.ts'],
    note: 'the connection stays open after the reader has left',
  },
  {
    file: 'ai-sdk/response.ts',
    find: 'usedIds.has(unique)',
    replace: 'false',
    tests: ['test/ai-sdk/sdk.test.ts'],
    note: 'two calls of a conversation share an id',
  },
  {
    file: 'ai-sdk/stream-parts.ts',
    find: "const text = this.#hasText ? '' : textOf(response, this.#context)",
    replace: "const text = ''",
    tests: ['test/ai-sdk/stream.test.ts', 'test/ai-sdk/sdk.test.ts'],
    note: 'JSON in the reasoning is lost in a stream',
  },
  {
    file: 'ai-sdk/request.ts',
    find: "!(isPage && entry[0].toLowerCase() === 'user-agent')",
    replace: 'true',
    tests: ['test/ai-sdk/settings.test.ts'],
    note: 'a page sends user-agent, which CORS may refuse',
  },
  {
    file: 'ai-sdk/prompt.ts',
    find: "if (message.role !== 'tool') flushImages()",
    replace: 'flushImages()',
    tests: ['test/ai-sdk/prompt.test.ts'],
    note: 'images separate the results of one round',
  },
]
