import { type Exchange } from '../recorder.js'
import { defineProbe } from '../types.js'
import { CHAT } from './chat.js'

const ORIGIN = 'https://page.example'
const PREFLIGHT = {
  origin: ORIGIN,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type',
}

export const cors = defineProbe({
  name: 'CORS',
  assumptions: {
    greeting: { section: '10.2', text: 'The CORS switch covers the greeting', scope: 'lmstudio' },
    on: { section: '10.1', text: 'With CORS on, a preflight succeeds and allows the origin and Content-Type' },
    authorization: { section: '10.1', text: 'With CORS on, a preflight allows Authorization by name' },
    off: { section: '10.1', text: 'With CORS off, a preflight does not allow the origin' },
    offStatus: {
      section: '10.1',
      text: 'With CORS off, a preflight is handled like any request: 400, or 200 with the error body',
      scope: 'lmstudio',
    },
    network: { section: '10.4', text: 'Private network preflights get no permission', scope: 'lmstudio' },
  },
  async run({ request, server }, findings) {
    const list = await request('GET', '/v1/models', { headers: { origin: ORIGIN } })
    const isOn = allows(list)
    const greeting = await request('GET', '/lmstudio-greeting', { headers: { origin: ORIGIN } })
    findings.check('greeting', allows(greeting) === isOn, 'the greeting and /v1/models differ')

    // A browser sends no token with a preflight.
    const preflight = await request('OPTIONS', CHAT, { headers: PREFLIGHT, token: false })
    const allowed = (preflight.headers.get('access-control-allow-headers') ?? '').toLowerCase()
    if (isOn) {
      const isGranted = isSuccess(preflight) && allows(preflight) && /content-type|\*/.test(allowed)
      findings.check(
        'on',
        isGranted,
        `status ${preflight.status}, Access-Control-Allow-Headers: ${allowed || 'not sent'}`,
      )
      if (allowed.trim() === '*')
        findings.skip('authorization', 'the server allows *, which not every browser applies to Authorization')
      findings.check('authorization', allowed.includes('authorization'), `Access-Control-Allow-Headers: ${allowed}`)
      findings.skip('off', 'CORS is on')
      findings.skip('offStatus', 'CORS is on')
    } else {
      findings.skip('on', 'CORS is off for this origin')
      findings.skip('authorization', 'CORS is off for this origin')
      findings.check('off', !allows(preflight), 'the origin is allowed')
      findings.check('offStatus', preflight.status === 400 || preflight.status === 200, `status ${preflight.status}`)
    }
    const network = await request('OPTIONS', CHAT, {
      headers: { ...PREFLIGHT, 'access-control-request-private-network': 'true' },
      token: false,
    })
    const grant = network.headers.get('access-control-allow-private-network')
    findings.check('network', grant === null, `Access-Control-Allow-Private-Network: ${grant}`)
    if (server.kind === 'LM Studio') {
      const names = [...preflight.headers].filter(([name]) => name.startsWith('access-control-'))
      const answer = names.map(([name, value]) => `${name}: ${value}`).join('; ') || 'none'
      findings.observe({
        section: '14.1',
        question: `CORS headers of a preflight (CORS ${isOn ? 'on' : 'off'})`,
        answer,
      })
    }
  },
})

const allows = ({ headers }: Exchange): boolean =>
  ['*', ORIGIN].includes(headers.get('access-control-allow-origin') ?? '')

const isSuccess = ({ status }: Exchange): boolean => status >= 200 && status < 300
