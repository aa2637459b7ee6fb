import { errorToResponse } from 'lmstudio-provider'
import { createLMStudio } from 'lmstudio-provider/node'

const lmstudio = createLMStudio() // LMSTUDIO_ENDPOINT and LMSTUDIO_MODEL, otherwise http://127.0.0.1:1234 and its model

export async function POST(request: Request): Promise<Response> {
  try {
    const body = await request.json()
    return await lmstudio.stream({ prompt: body?.prompt }, { signal: request.signal }).toResponse()
  } catch (error) {
    return errorToResponse(error, { signal: request.signal })
  }
}
