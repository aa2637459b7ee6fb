import { generateObject, streamObject, type ObjectRequest } from 'lmstudio-provider'
import { describeCallOptions } from '../helpers/call-options.js'
import { respondToChat } from '../helpers/chat-wire.js'

const request: ObjectRequest = { model: 'm', prompt: 'Name a bird.', schema: { type: 'object' }, repair: true }
const responses = [
  (sent: Request) => respondToChat(sent, { content: 'A gull.' }),
  (sent: Request) => respondToChat(sent, { content: '{"name":"gull"}' }),
]

describeCallOptions('generateObject', {
  responses,
  start: (lmstudio, options) => generateObject(lmstudio, request, options),
})

describeCallOptions('streamObject', {
  responses,
  start: (lmstudio, options) => streamObject(lmstudio, request, options).object,
})
