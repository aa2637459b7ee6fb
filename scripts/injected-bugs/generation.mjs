// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const generation = [
  {
    file: 'generation/run-generation.ts',
    find: 'await route.preflight?.(client, context, options ?? {})',
    replace: 'await route.preflight?.(client, context, {})',
    tests: ['test/integration/call-options.test.ts'],
    note: 'the lookup before a chat drops the options of the call',
  },
  {
    file: 'generation/run-generation.ts',
    find: 'await client.requestJSON(spec, options)',
    replace: 'await client.requestJSON(spec, { signal: options.signal })',
    tests: ['test/integration/call-options.test.ts'],
    note: 'a generation drops the options of the call',
  },
  {
    file: 'generation/run-generation.ts',
    find: 'const limits = { ...options, signal }',
    replace: 'const limits = { signal }',
    tests: ['test/integration/call-options.test.ts'],
    note: 'a stream drops the options of the call',
  },
  {
    file: 'generation/run-generation.ts',
    find: 'return explainMissingModel(client, error, context.model, limits)',
    replace: 'throw error',
    tests: ['test/integration/call-options.test.ts'],
    note: 'a stream does not list the available models',
  },
  {
    file: 'generation/stats.ts',
    find: 'seconds * 1000',
    replace: 'seconds',
    tests: ['test/generation/stats.test.ts'],
    note: 'seconds of the server count as ms',
  },
  {
    file: 'generation/stats.ts',
    find: '(outputTokens / generationMs) * 1000',
    replace: 'outputTokens / generationMs',
    tests: ['test/generation/stats.test.ts'],
    note: 'tokens per second are tokens per ms',
  },
  {
    file: 'generation/usage.ts',
    find: 'usage?.total_tokens ?? undefined',
    replace: 'usage?.total_tokens ?? 0',
    tests: ['test/generation/usage.test.ts'],
    note: 'a missing total is 0',
  },
  {
    file: 'generation/finish-reason.ts',
    find: "return hasToolCalls && (reason === 'stop' || raw === undefined) ? 'tool-calls' : reason",
    replace: 'return reason',
    tests: ['test/generation/finish-reason.test.ts'],
    note: 'tool calls with the finish reason stop end a tool loop',
  },
  {
    file: 'generation/think-tag-splitter.ts',
    find: 'MAX_LEADING_SPACE = 256',
    replace: 'MAX_LEADING_SPACE = 255',
    tests: ['test/integration/limits.test.ts'],
    note: 'one character less of leading white space',
  },
  {
    file: 'generation/think-tag-splitter.ts',
    find: 'tag.length - 1',
    replace: 'tag.length - 2',
    tests: ['test/generation/think-tag-splitter.test.ts', 'test/generation/think-tag-splitter.prop.test.ts'],
    note: 'a closing tag that is cut before its last character stays in the reasoning',
  },
  {
    file: 'generation/tool-call-accumulator.ts',
    find: '|| this.#takenIds.has(call.id)',
    replace: '',
    tests: ['test/generation/tool-call-accumulator.test.ts', 'test/generation/tool-call-accumulator.prop.test.ts'],
    note: 'two tool calls can have the same id',
  },
  {
    file: 'generation/run-generation.ts',
    find: 'if (wanted === got',
    replace: 'if (wanted !== got',
    tests: [
      'test/integration/errors.test.ts',
      'test/integration/embed.test.ts',
      'test/integration/complete-text.test.ts',
    ],
    note: 'substituted models are not logged',
  },
]
