import * as library from 'lmstudio-provider'
import { createWorkload } from './workload.js'

// The page of the soak in Chromium.

let unhandled = 0
addEventListener('unhandledrejection', () => unhandled++)

Object.assign(globalThis, {
  startSoak(endpoint: string, concurrency: number) {
    const workload = createWorkload(library, { endpoint, concurrency })
    return {
      run: async (from: number, to: number) => ({ ...(await workload.run(from, to)), unhandled }),
    }
  },
})
