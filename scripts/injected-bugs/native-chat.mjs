// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const nativeChat = [
  {
    file: 'native-chat/check-reasoning.ts',
    find: 'LOOKUP_TIMEOUT_MS = 2_000',
    replace: 'LOOKUP_TIMEOUT_MS = 20_000',
    tests: ['test/integration/call-options.test.ts'],
    note: 'the lookup before a chat may take 20 s',
  },
  {
    file: 'native-chat/check-reasoning.ts',
    find: 'maxRetries: 0, signal, headers',
    replace: 'maxRetries: 0, signal',
    tests: ['test/integration/call-options.test.ts'],
    note: 'the lookup before a chat drops the headers of the call',
  },
  {
    file: 'native-chat/request.ts',
    find: 'store: request.store ?? false',
    replace: 'store: request.store',
    tests: ['test/native-chat/request.test.ts', 'test/integration/native-chat.test.ts'],
    note: 'the server stores every chat',
  },
  {
    file: 'native-chat/conversation.ts',
    find: 'provider.chat(toRequest(input), options)',
    replace: 'provider.chat(toRequest(input))',
    tests: ['test/integration/call-options.test.ts'],
    note: 'send of a conversation drops the options of the call',
  },
  {
    file: 'native-chat/conversation.ts',
    find: '  } finally {\n    stopFollowing()\n    endTurn()',
    replace: '  } finally {\n    stopFollowing()',
    tests: ['test/native-chat/conversation.test.ts', 'test/integration/conversations.test.ts'],
    note: 'a conversation stays busy after its stream was left',
  },
  {
    file: 'native-chat/conversation.ts',
    find: 'const { system: _system, ...others } = settings',
    replace: 'const others = settings',
    tests: ['test/native-chat/conversation.test.ts', 'test/integration/conversations.test.ts'],
    note: 'the system text is sent with every turn',
  },
]
