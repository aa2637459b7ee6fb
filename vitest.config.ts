import { defineConfig } from 'vitest/config'

const source = (path: string) => new URL(`./src/${path}`, import.meta.url).pathname

const alias = [
  { find: /^lmstudio-provider$/, replacement: source('index.ts') },
  { find: /^lmstudio-provider\/core$/, replacement: source('core.ts') },
  { find: /^lmstudio-provider\/ai-sdk$/, replacement: source('ai-sdk/index.ts') },
  { find: /^lmstudio-provider\/node$/, replacement: source('node/index.ts') },
  { find: /^lmstudio-provider\/testing$/, replacement: source('testing/index.ts') },
  { find: /^lmstudio-provider\/testing\/node$/, replacement: source('testing/node-server.ts') },
]

/** For errors, stream decoding and the mapping between the wire and us, where a line that no test sees is a wrong answer. */
const whole = { lines: 100, branches: 100, functions: 100, statements: 100 }

/** Only ends a test that hangs: on a busy machine a property test takes a while. */
const patience = { testTimeout: 60_000, hookTimeout: 60_000 }

export default defineConfig({
  resolve: { alias },
  test: {
    // On two processors, Vitest would use one.
    maxWorkers: '100%',
    // `npm test` adds up what the runners count (scripts/lib/counts.mjs).
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/lmstudio-provider/unit.json' }]],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/types.ts', 'src/**/index.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      thresholds: {
        lines: 90,
        branches: 90,
        'src/errors/**': whole,
        'src/http/error-body.ts': whole,
        'src/streaming/sse-decoder.ts': whole,
        'src/ai-sdk/{prompt,request,response}.ts': whole,
        'src/completions/{request,response}.ts': whole,
        'src/generation/{completion-accumulator,finish-reason,stats,think-tag-splitter,tool-call-accumulator,usage}.ts':
          whole,
        'src/decisions/{request,response}.ts': whole,
        'src/models/{download-response,load-config,load-response,response}.ts': whole,
        'src/native-chat/{output-accumulator,request,response,stream}.ts': whole,
        'src/responses/{request,response,response-accumulator}.ts': whole,
        'src/validation/**': whole,
      },
    },
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'node',
          ...patience,
          environment: 'node',
          setupFiles: ['test/setup.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [
            '**/node_modules/**',
            'test/**/*.dom.test.ts',
            'test/**/*.live.test.ts',
            'test/runtime/**',
            'test/package/**',
          ],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'dom',
          environment: 'happy-dom',
          setupFiles: ['test/setup.ts'],
          include: ['test/**/*.dom.test.ts'],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'types',
          include: [],
          typecheck: { enabled: true, only: true, include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.node.json' },
        },
      },
    ],
  },
})
