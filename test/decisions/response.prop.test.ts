import fc from 'fast-check'
import { choice, createLMStudio, memoryCache, predicate, score, type Question } from 'lmstudio-provider'
import { expect, test } from 'vitest'

const NAMES = ['angry', 'team', 'mood', 'constructor', '0', 'naïve ☕']
const QUESTIONS: Record<string, Question> = {
  angry: predicate('?'),
  team: choice('?', ['billing', 'tech']),
  mood: score('?', ['calm', 'furious']),
  constructor: choice('?', [true, false]),
  '0': predicate('?'),
  'naïve ☕': predicate('?'),
}

const ask = (body: unknown) =>
  createLMStudio({
    cache: memoryCache(),
    maxRetries: 0,
    fetch: () => Promise.resolve(Response.json(body)),
  }).decide({ model: 'acme/judge-1b', input: 'x', questions: QUESTIONS })

/** The wire answer to a question, told apart from all others by `part`. */
function answer(name: string, part: number): Record<string, unknown> {
  const { type } = QUESTIONS[name]!
  if (type === 'predicate') return { type, name, probability: part }
  if (type === 'score') {
    const probabilities = [0, 1].map((value) => ({ value, label: ['calm', 'furious'][value], probability: part }))
    return { type, name, score: part, probabilities }
  }
  const values = name === 'team' ? ['billing', 'tech'] : [true, false]
  return { type, name, choice: values[0], probabilities: values.map((value) => ({ value, probability: part })) }
}

const parts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: NAMES.length, maxLength: NAMES.length })

test('every answer belongs to its question, whatever the order of the answers', async () => {
  await fc.assert(
    fc.asyncProperty(parts, fc.shuffledSubarray(NAMES, { minLength: NAMES.length }), async (values, order) => {
      const of = (name: string): number => values[NAMES.indexOf(name)]!
      const { answers } = await ask({ answers: order.map((name) => answer(name, of(name))) })
      expect(answers['angry']).toMatchObject({ type: 'predicate', probability: of('angry') })
      expect(answers['0']).toMatchObject({ type: 'predicate', probability: of('0') })
      expect(answers['naïve ☕']).toMatchObject({ type: 'predicate', probability: of('naïve ☕') })
      expect(answers['team']).toMatchObject({ choice: 'billing', probabilities: { tech: of('team') } })
      expect(answers['mood']).toMatchObject({ type: 'score', score: of('mood') })
      expect(Object.getOwnPropertyDescriptor(answers, 'constructor')?.value).toMatchObject({
        choice: true,
        probabilities: { false: of('constructor') },
      })
    }),
  )
})

test('a list that lacks an answer, repeats one or has a foreign one never becomes a result', async () => {
  const names = fc.array(fc.constantFrom(...NAMES, 'foreign'), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(names, async (list) => {
      fc.pre([...list].toSorted().join() !== [...NAMES].toSorted().join())
      const answers = list.map((name) => ({ ...answer(name === 'foreign' ? 'angry' : name, 0.5), name }))
      await expect(ask({ answers })).rejects.toMatchObject({ name: 'InvalidResponseError', code: 'wrong-answers' })
    }),
  )
})

test('any JSON at all becomes typed answers or an error of this package', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.nat(NAMES.length - 1), fc.string(), async (value, position, field) => {
      const answers = NAMES.map((name) => answer(name, 0.5))
      const changed = answers[position]!
      const keys = [...Object.keys(changed), field]
      changed[keys[position % keys.length]!] = value
      const response = await ask({ answers }).catch((error: Error) => error)
      if (response instanceof Error) expect(response.name).toBe('InvalidResponseError')
      else expect(Object.keys(response.answers).toSorted()).toEqual([...NAMES].toSorted())
    }),
  )
})
