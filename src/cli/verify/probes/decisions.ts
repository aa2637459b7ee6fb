import { choice, predicate } from '../../../decisions/questions.js'
import { bodyOf } from '../recorder.js'
import { NotTried, defineProbe, objectsIn } from '../types.js'

export const decisions = defineProbe({
  name: 'Decisions',
  assumptions: {
    shape: { section: '15', text: 'POST /v1/decisions returns answers[] in the order of the questions' },
    reading: { section: '15', text: 'The library returns each answer under the name of its question' },
  },
  async run({ provider, decisionModel, lastExchange }, findings) {
    const { answers } = await provider.decide({
      model: decisionModel(),
      input: 'The gull stole my sandwich, and the tide took my shoes.',
      questions: {
        isAngry: predicate('Is the writer annoyed?'),
        topic: choice('What took the shoes?', { gull: 'The gull', tide: 'The tide' }),
      },
    })
    const [first, second] = objectsIn(bodyOf(lastExchange('/v1/decisions'))['answers'])
    if (first?.['type'] === 'refusal' || second?.['type'] === 'refusal')
      throw new NotTried('the model refused to answer')
    findings.check('shape', first?.['type'] === 'predicate' && second?.['type'] === 'choice', 'an answer is missing')
    const isRead = answers.isAngry.probability === first?.['probability'] && answers.topic.choice === second?.['choice']
    findings.check('reading', isRead, 'an answer differs')
  },
})
