import { errorToResponse } from 'lmstudio-provider'
import { chooseModel, lmstudio } from './lmstudio'

export async function POST(request: Request): Promise<Response> {
  try {
    // A body that is not JSON has no prompt, and `stream` rejects that: the response has the status 400.
    const { prompt } = ((await request.json().catch(() => undefined)) ?? {}) as { prompt: string }
    const stream = lmstudio.stream({ model: await chooseModel(), prompt }, { signal: request.signal })
    return await stream.toResponse()
  } catch (error) {
    return errorToResponse(error)
  }
}
