import { errorToResponse } from 'lmstudio-provider'
import { createLMStudio } from 'lmstudio-provider/node'
import type { RequestHandler } from './$types'

/** The server at `LMSTUDIO_ENDPOINT`, otherwise at http://127.0.0.1:1234. */
const lmstudio = createLMStudio()

export const POST: RequestHandler = async ({ request }) => {
  try {
    const body = await request.json()
    return await lmstudio.stream({ prompt: body?.prompt }, { signal: request.signal }).toResponse()
  } catch (error) {
    return errorToResponse(error, { signal: request.signal })
  }
}
