import { bodyOf } from '../recorder.js'
import { smallest } from '../models.js'
import { NotTried, defineProbe } from '../types.js'

/** How long a model that the probe loaded may take to unload after a failure, in ms. */
const CLEANUP_MS = 30_000

export const lifecycle = defineProbe({
  name: 'Loading and unloading',
  assumptions: {
    load: { section: '7.4', text: 'POST /api/v1/models/load returns status loaded and instance_id', scope: 'v1' },
    listed: { section: '7.3', text: 'A loaded instance is in the list', scope: 'v1' },
    unload: { section: '7.5', text: 'POST /api/v1/models/unload repeats instance_id', scope: 'v1' },
    gone: { section: '7.5', text: 'An unloaded instance is not in the list', scope: 'v1' },
  },
  async run({ provider, allowLoad, lastExchange, request }, findings) {
    if (!allowLoad) throw new NotTried('loads and unloads a model: pass --allow-load')
    const candidates = (await provider.listModels()).filter(({ state }) => state === 'not-loaded')
    if (candidates.length === 0) throw new NotTried('every model is loaded')
    const { id } = smallest(candidates)
    const isListed = async (instance: string): Promise<boolean> =>
      (await provider.listModels()).some(({ instances }) => instances.some((one) => one.id === instance))

    const { instanceId } = await provider.loadModel(id)
    try {
      const loaded = bodyOf(lastExchange('/api/v1/models/load'))
      const isLoaded = loaded['status'] === 'loaded' && loaded['instance_id'] === instanceId
      findings.check('load', isLoaded, `status: ${String(loaded['status'])}`)
      findings.check('listed', await isListed(instanceId), 'the instance is missing')
    } finally {
      // Also when the time of the probe is over: nothing that the probe loaded may stay.
      await provider.unloadModel(instanceId, { signal: AbortSignal.timeout(CLEANUP_MS) })
    }
    const unloaded = bodyOf(lastExchange('/api/v1/models/unload'))
    findings.check('unload', unloaded['instance_id'] === instanceId, `instance_id: ${String(unloaded['instance_id'])}`)
    findings.check('gone', !(await isListed(instanceId)), 'the instance is still listed')

    const unknown = await request('POST', '/api/v1/models/unload', {
      body: { instance_id: 'lmstudio-provider-verify' },
    })
    const question = 'Response to the unload of an unknown instance'
    findings.observe({ section: '14.3', question, answer: `${unknown.status} ${unknown.text.slice(0, 200)}` })
  },
})
