import { errorToResponse } from 'lmstudio-provider'
import { createLMStudio } from 'lmstudio-provider/node'

/** The server at `LMSTUDIO_ENDPOINT`, otherwise at http://127.0.0.1:1234. */
const lmstudio = createLMStudio()

export async function POST(request: Request): Promise<Response> {
  try {
    // A body that is not JSON has no prompt, and `stream` rejects that: the response has the status 400.
    const { prompt } = ((await request.json().catch(() => undefined)) ?? {}) as { prompt: string }
    const stream = lmstudio.stream({ prompt }, { signal: request.signal })
    return await stream.toResponse()
  } catch (error) {
    return errorToResponse(error)
  }
}
