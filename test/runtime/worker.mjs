// Runs the smoke test in workerd on the two entries that do not need Node, with the two addresses in the query.
import * as main from './dist/index.js'
import * as testing from './dist/testing.js'
import { smoke } from './smoke.mjs'

export default {
  /** @param {Request} request */
  async fetch(request) {
    const given = new URL(request.url).searchParams
    const [url, nowhere] = [given.get('url') ?? '', given.get('nowhere') ?? '']
    return Response.json(await smoke({ main, testing, url, nowhere }))
  },
}
