// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const tools = [
  {
    file: 'tools/loop-request.ts',
    find: 'MAX_ROUNDS = 8',
    replace: 'MAX_ROUNDS = 9',
    tests: ['test/tools/tool-loop.test.ts'],
    note: 'wrong default of maxRounds',
  },
  {
    file: 'tools/run-tools.ts',
    find: 'provider.complete(roundRequest, { ...options, signal })',
    replace: 'provider.complete(roundRequest, { signal })',
    tests: ['test/integration/call-options.test.ts'],
    note: 'the rounds of runTools drop the options of the call',
  },
  {
    file: 'tools/run-tools.ts',
    find: 'provider.stream(roundRequest, { ...options, signal })',
    replace: 'provider.stream(roundRequest, { signal })',
    tests: ['test/integration/call-options.test.ts'],
    note: 'the rounds of streamTools drop the options of the call',
  },
  {
    file: 'tools/run-tools.ts',
    find: '    unfollow()\n',
    replace: '',
    tests: ['test/integration/leftovers.test.ts'],
    note: 'the listener stays on the signal of the caller',
  },
  {
    file: 'tools/tool-loop.ts',
    find: "attachHidden(error, 'messages', messages)",
    replace: '',
    tests: ['test/tools/run-tools.test.ts', 'test/tools/tool-loop.test.ts'],
    note: 'an error after the first round has no messages',
  },
  {
    file: 'tools/tool-loop.ts',
    find: 'rawArguments: argumentsText(call)',
    replace: 'rawArguments: call.rawArguments',
    tests: ['test/tools/execute-tool.test.ts', 'test/tools/tool-loop.test.ts'],
    note: 'broken arguments are sent back to the server',
  },
]
