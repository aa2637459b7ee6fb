// The smoke in workerd: the two entries that need no Node, asked over HTTP with the mock's address in the query.
import * as main from './dist/index.js'
import * as testing from './dist/testing.js'
import { smoke } from './smoke.mjs'

export default {
  /** @param {Request} request */
  async fetch(request) {
    const url = new URL(request.url).searchParams.get('url') ?? ''
    return Response.json(await smoke({ main, testing, url }))
  },
}
