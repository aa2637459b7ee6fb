import { errorToResponse } from 'lmstudio-provider'
import { createLMStudio } from 'lmstudio-provider/node'

/** The server at `LMSTUDIO_ENDPOINT`, otherwise at http://127.0.0.1:1234. */
const lmstudio = createLMStudio()

export async function POST(request: Request): Promise<Response> {
  try {
    const body = await request.json()
    return await lmstudio.stream({ prompt: body?.prompt }, { signal: request.signal }).toResponse()
  } catch (error) {
    return errorToResponse(error, { signal: request.signal })
  }
}
