import { InvalidRequestError, OutputValidationError } from '../../../errors/errors.js'
import { generateObject } from '../../../structured-output/generate-object.js'
import { isObject, parseJSON } from '../../../utils/json.js'
import { bodyOf } from '../recorder.js'
import { NotTried, defineProbe } from '../types.js'
import { choiceOf, reasoningOf, textOf } from '../wire.js'
import { CHAT, MAX_TOKENS } from './chat.js'

const PROMPT = 'Describe a herring gull.'
const SCHEMA = {
  type: 'object',
  properties: { name: { type: 'string' }, legs: { type: 'integer' } },
  required: ['name', 'legs'],
  additionalProperties: false,
}

export const structuredOutput = defineProbe({
  name: 'Structured output',
  assumptions: {
    schema: { section: '9.2', text: 'A json_schema constrains the content, or the reasoning of a model that reasons' },
    reading: { section: '9.2', text: 'The library returns the object, validated' },
    jsonObject: { section: '9.2', text: 'json_object gets status 400', scope: 'lmstudio' },
  },
  async run({ provider, chatModel, lastExchange, request, server }, findings) {
    const model = chatModel()
    const jsonObject = await request('POST', CHAT, {
      body: {
        model,
        messages: [{ role: 'user', content: PROMPT }],
        response_format: { type: 'json_object' },
        max_tokens: 16,
      },
    })
    findings.check('jsonObject', jsonObject.status === 400, `status ${jsonObject.status}`)

    let object: unknown
    try {
      const settings = { model, prompt: PROMPT, maxTokens: MAX_TOKENS, temperature: 0 }
      object = (await generateObject(provider, { ...settings, schema: SCHEMA })).object
    } catch (error) {
      if (InvalidRequestError.isInstance(error) && server.kind !== 'LM Studio') {
        throw new NotTried(`the server refuses json_schema: ${error.message}`)
      }
      if (!OutputValidationError.isInstance(error)) throw error
      if (error.code === 'output-truncated') throw new NotTried('the model did not finish the object in time')
      findings.failed('reading', error.message)
    }
    const { message } = choiceOf(bodyOf(lastExchange(CHAT)))
    const raw = parseJSON(textOf(message.content) || reasoningOf(message))
    findings.check('schema', isObject(raw) && typeof raw['name'] === 'string', 'the text does not match')
    findings.check('reading', JSON.stringify(object) === JSON.stringify(raw), 'the object differs from the body')
  },
})
