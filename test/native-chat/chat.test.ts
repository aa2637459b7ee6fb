import { describe, expect, it } from 'vitest'
import { chat, streamChat } from '../../src/native-chat/chat.js'
import type { ChatRequest } from '../../src/native-chat/types.js'
import { eventStream, json, stubFetch, testClient } from '../helpers/client.js'
import { endFrame, MESSAGE, REQUEST } from '../helpers/native-chat.js'
import { rejectionOf } from '../helpers/provider-errors.js'

describe('chat and streamChat', () => {
  it('chat resolves to the response of a request that does not stream', async () => {
    const { fetch, requests } = stubFetch(json({ model_instance_id: 'm', output: [MESSAGE] }))
    expect(await chat(testClient({ fetch }), REQUEST)).toMatchObject({ text: 'Found one.' })
    expect(await requests[0]!.json()).toMatchObject({ input: 'What bird?', stream: false })
  })

  it('streamChat sends the request as it was when the stream was created', async () => {
    const { fetch, requests } = stubFetch(() => eventStream([endFrame(MESSAGE)]).response)
    const request = { ...REQUEST, input: 'What bird?' }
    const stream = streamChat(testClient({ fetch }), request)
    request.input = 'changed'
    await stream.response
    expect(await requests[0]!.json()).toMatchObject({ input: 'What bird?', stream: true })
  })

  it.each([[undefined], [null], [7], [{ model: 'm' }]])(
    'chat and streamChat reject the invalid request %j, and send nothing',
    async (invalid) => {
      const { fetch, requests } = stubFetch(json({}))
      const client = testClient({ fetch })
      expect(await rejectionOf(chat(client, invalid as unknown as ChatRequest))).toMatchObject({
        name: 'InvalidRequestError',
      })
      expect(await rejectionOf(streamChat(client, invalid as unknown as ChatRequest).response)).toMatchObject({
        name: 'InvalidRequestError',
      })
      expect(requests).toEqual([])
    },
  )
})
