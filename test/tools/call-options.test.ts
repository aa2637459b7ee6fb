import { describeCallOptions } from '../helpers/call-options.js'
import { respondToChat } from '../helpers/chat-wire.js'
import { request, variants } from './weather.js'

const toolCall = { name: 'get_weather', arguments: '{"city":"Oslo"}' }

for (const [name, run] of variants) {
  describeCallOptions(name, {
    responses: [
      (sent) => respondToChat(sent, { toolCall }),
      (sent) => respondToChat(sent, { toolCall }),
      (sent) => respondToChat(sent, { content: 'Yes.' }),
    ],
    start: (lmstudio, options) => run(lmstudio, { ...request, model: 'm' }, options),
  })
}
