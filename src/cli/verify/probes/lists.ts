import { type Exchange, bodyOf } from '../recorder.js'
import { defineProbe, objectsIn } from '../types.js'
import { isCatchAll } from '../wire.js'

export const lists = defineProbe({
  name: 'Lists of models',
  assumptions: {
    openai: { section: '3.1', text: 'GET /v1/models returns data[] with a string id and object "model"' },
    owner: { section: '2.2', text: 'Models in /v1/models are owned by organization_owner', scope: 'lmstudio' },
    v0: { section: '6.1', text: 'GET /api/v0/models returns data[] with id, type and state', scope: 'lmstudio' },
    v1: {
      section: '7.3',
      text: 'GET /api/v1/models returns models[] with type, key, display_name, size_bytes, max_context_length and loaded_instances',
      scope: 'v1',
    },
    config: { section: '7.3', text: 'Each loaded instance has an id and config.context_length', scope: 'v1' },
    old: { section: '1.8', text: 'Before 0.4, /api/v1 returns status 200 with the error body', scope: 'lmstudio' },
    reading: { section: '2.2', text: 'The library lists the models of the most detailed list' },
  },
  async run({ provider, request, server }, findings) {
    const openai = await request('GET', '/v1/models')
    const { data } = bodyOf(openai)
    const entries = objectsIn(data)
    const isList = openai.status === 200 && (Array.isArray(data) || data === null)
    const hasIds = entries.every(({ id, object }) => typeof id === 'string' && object === 'model')
    findings.check(
      'openai',
      isList && hasIds,
      isList ? 'an entry lacks a field' : `status ${openai.status} without data[]`,
    )
    if (entries.length === 0) findings.skip('owner', 'the list is empty')
    const owners = [...new Set(entries.map(({ owned_by }) => owned_by))]
    const isOwned = owners.every((owner) => /^organization[-_]owner$/.test(String(owner)))
    findings.check('owner', isOwned, `owned_by: ${owners.join(', ')}`)

    const v0 = await request('GET', '/api/v0/models')
    const hasStates = objectsIn(bodyOf(v0)['data']).every(
      ({ id, type, state }) => typeof id === 'string' && typeof type === 'string' && typeof state === 'string',
    )
    if (isCatchAll(bodyOf(v0))) findings.skip('v0', 'needs LM Studio 0.3.6 or later')
    findings.check(
      'v0',
      Array.isArray(bodyOf(v0)['data']) && hasStates,
      `status ${v0.status}, or an entry lacks a field`,
    )

    const v1 = await request('GET', '/api/v1/models')
    const models = objectsIn(bodyOf(v1)['models'])
    findings.check('v1', models.every(isV1Entry), 'an entry lacks a field')
    const instances = models.flatMap(({ loaded_instances }) => objectsIn(loaded_instances))
    if (instances.length === 0) findings.skip('config', 'no model is loaded')
    const hasContext = instances.every(
      ({ id, config }) =>
        typeof id === 'string' &&
        typeof (config as { context_length?: unknown } | undefined)?.context_length === 'number',
    )
    findings.check('config', hasContext, 'an instance lacks a field')
    if (server.hasV1) findings.skip('old', 'the server is newer')
    findings.check('old', v1.status === 200 && isCatchAll(bodyOf(v1)), `status ${v1.status}`)

    const listed = (await provider.listModels()).map(({ id }) => id)
    const expected = expectedIds(server, { v1, v0, openai })
    findings.check('reading', sameIds(listed, expected), `read ${listed.length} models, expected ${expected.length}`)
  },
})

function isV1Entry({
  type,
  key,
  display_name,
  size_bytes,
  max_context_length,
  loaded_instances,
}: Record<string, unknown>): boolean {
  const strings = [type, key, display_name].every((value) => typeof value === 'string')
  const numbers = [size_bytes, max_context_length].every((value) => typeof value === 'number')
  return strings && numbers && Array.isArray(loaded_instances)
}

function expectedIds(
  { hasV1, hasV0 }: { readonly hasV1: boolean; readonly hasV0: boolean },
  { v1, v0, openai }: Readonly<Record<'v1' | 'v0' | 'openai', Exchange>>,
): unknown[] {
  if (hasV1) return objectsIn(bodyOf(v1)['models']).map(({ key }) => key)
  return objectsIn(bodyOf(hasV0 ? v0 : openai)['data']).map(({ id }) => id)
}

const sameIds = (ids: readonly unknown[], others: readonly unknown[]): boolean =>
  new Set(ids).size === new Set(others).size && others.every((id) => ids.includes(id))
