import { describe, expect, it } from 'vitest'
import { ROUTES, versionOf } from '../../src/config/routes.js'

describe('versionOf', () => {
  it.each([
    ['/api/v1/chat', '0.4.0'],
    ['/api/v1/models/load', '0.4.0'],
    ['/api/v1/models/download/status/job_1', '0.4.0'],
    ['/v1/messages', '0.4.1'],
    ['/v1/responses', '0.3.29'],
    ['/api/v0/models', '0.3.6'],
  ])('returns the version that added %s: %s', (route, version) => expect(versionOf(route)).toBe(version))

  it.each([ROUTES.chatCompletions, ROUTES.embeddings, ROUTES.modelsOpenAI, ROUTES.greeting])(
    'returns undefined for %s, which every version has',
    (route) => expect(versionOf(route)).toBeUndefined(),
  )
})
