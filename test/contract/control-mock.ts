import type { MockLMStudioServer } from '../../src/testing/node-server.js'
import type { MockControl } from './mock-control.js'

/** Controls a mock that listens in this process. */
export function controlMock(mock: MockLMStudioServer): MockControl {
  const requests = () => mock.calls.filter(({ method }) => method !== 'OPTIONS')
  return {
    inject: async (fault, options) => mock.inject(fault, options),
    configure: async (options) => mock.configure(options),
    setReply: async (reply) => mock.configure({ reply: () => reply }),
    release: async () => mock.release(),
    whenHeld: () => mock.whenHeld(),
    calls: async () => requests().map(({ method, path, headers, body }) => ({ method, path, headers, body })),
    async ending() {
      const call = requests().find(({ path }) => path === '/v1/chat/completions')
      if (call === undefined) throw new Error('No chat completion was requested.')
      return call.finished
    },
    apiToken: async () => mock.apiToken,
    close: () => mock.close(),
  }
}
