// Runs the calls in a worker for each address that it receives, and sends back how they end.
import * as library from '../package/index.js'
import { accessCodes } from './access-codes.js'

self.addEventListener('message', async ({ data: endpoint }) => {
  const codes = await accessCodes(library, endpoint).catch(String)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is a worker, not a window
  self.postMessage(codes)
})
