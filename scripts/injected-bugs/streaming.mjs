// @ts-check

/** @type {readonly import('./index.mjs').Bug[]} */
export const streaming = [
  {
    file: 'streaming/sse-reader.ts',
    find: 'TAIL_MS = 5_000',
    replace: 'TAIL_MS = 500_000',
    tests: [
      'test/integration/timeouts.test.ts',
      'test/integration/stream-errors.test.ts',
      'test/integration/native-chat.test.ts',
      'test/completions/stream.test.ts',
      'test/native-chat/stream.test.ts',
    ],
    note: 'the end of a stream may take 500 s after its finish reason',
  },
  {
    file: 'streaming/sse-reader.ts',
    find: "else if (activity === 'progress') attempt.restartFirstByteTimer()",
    replace: '',
    tests: ['test/integration/native-chat.test.ts'],
    note: 'progress events do not restart the time limit',
  },
  {
    file: 'streaming/sse-reader.ts',
    find: '    if (parser.isDone) attempt.drain()\n    else attempt.close()',
    replace: '    attempt.drain()',
    tests: [
      'test/completions/stream.test.ts',
      'test/integration/stream-errors.test.ts',
      'test/integration/stream.test.ts',
    ],
    note: 'leaving a stream does not close its connection',
  },
  {
    file: 'streaming/sse-reader.ts',
    find: 'throw withPartial(error, parser)\n  } finally',
    replace: 'throw error\n  } finally',
    tests: ['test/integration/stream-errors.test.ts', 'test/completions/stream.test.ts'],
    note: 'a broken connection loses the partial response',
  },
  {
    file: 'streaming/sse-decoder.ts',
    find: '16 * 1024 * 1024',
    replace: '16 * 1024 * 1024 * 16',
    tests: ['test/streaming/sse-decoder.test.ts'],
    note: 'a line may have 256 Mi characters',
  },
  {
    file: 'streaming/sse-decoder.ts',
    find: 'this.#tail.length > this.#maxLength',
    replace: 'this.#tail.length >= this.#maxLength',
    tests: ['test/streaming/sse-decoder.test.ts'],
    note: 'a line of exactly the limit is rejected',
  },
  {
    file: 'streaming/sse-decoder.ts',
    find: "this.#endedWithCR && text[0] === '\\n' ? text.slice(1) : text",
    replace: 'text',
    tests: ['test/streaming/sse-decoder.test.ts', 'test/streaming/sse-decoder.prop.test.ts'],
    note: 'a CRLF that is cut between two chunks ends an event early',
  },
  {
    file: 'streaming/event-stream.ts',
    find: '    isOver = true\n    buffered = undefined\n    stopFollowing()',
    replace: '    isOver = true\n    buffered = undefined',
    tests: ['test/integration/leftovers.test.ts'],
    note: 'a stream leaves its listener on the signal of the caller',
  },
  {
    file: 'streaming/event-stream.ts',
    find: 'if (isReading) controller.abort(reason)\n    else await closed',
    replace: 'await closed',
    tests: ['test/streaming/event-stream.test.ts', 'test/integration/concurrency.test.ts'],
    note: 'leaving a stream while a read is pending does not abort the request',
  },
  {
    file: 'streaming/event-stream.ts',
    find: '    void close()\n    hasPendingAbort = true',
    replace: '    hasPendingAbort = true',
    tests: ['test/streaming/event-stream.test.ts', 'test/integration/leftovers.test.ts'],
    note: 'an abort between two reads leaves the connection open',
  },
  {
    file: 'streaming/event-response.ts',
    find: 'highWaterMark: 0',
    replace: 'highWaterMark: 1',
    tests: ['test/integration/web-responses.test.ts'],
    note: 'a stream is read ahead of its consumer',
  },
  {
    file: 'streaming/event-response.ts',
    find: 'headers: withoutContentType(all)',
    replace: 'headers: all',
    tests: ['test/integration/web-responses.test.ts'],
    note: 'an error before the first event has the content type of a stream',
  },
]
