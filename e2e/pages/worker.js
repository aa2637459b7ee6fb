// Runs the calls in a worker for the address that it receives.
import * as library from '/package/index.js'
import { accessCodes } from './access-codes.js'

self.onmessage = async ({ data: endpoint }) => {
  try {
    self.postMessage(await accessCodes(library, endpoint))
  } catch (error) {
    self.postMessage(String(error))
  }
}
