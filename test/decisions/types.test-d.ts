import { choice, createLMStudio, predicate, score } from 'lmstudio-provider'
import { assemble, createClient, decide } from 'lmstudio-provider/core'
import { describe, expectTypeOf, it } from 'vitest'

const lmstudio = createLMStudio()
const questions = {
  angry: predicate('Is the customer angry?'),
  team: choice('Who handles this?', { billing: 'Payments', tech: 'Bugs' }),
  urgent: choice('Is it urgent?', [true, false]),
  mood: score('How calm?', ['calm', { label: 'annoyed', description: 'short sentences' }, 'furious']),
}
const request = { model: 'm', input: 'x', questions }

describe('the answers of decide', () => {
  it('have the names and the literal types of the questions', async () => {
    const { answers } = await lmstudio.decide(request)
    expectTypeOf<keyof typeof answers>().toEqualTypeOf<'angry' | 'team' | 'urgent' | 'mood'>()
    expectTypeOf(answers.angry.probability).toEqualTypeOf<number | undefined>()
    expectTypeOf(answers.team.choice).toEqualTypeOf<'billing' | 'tech' | undefined>()
    expectTypeOf(answers.urgent.choice).toEqualTypeOf<boolean | undefined>()
    expectTypeOf(answers.mood.level).toEqualTypeOf<'calm' | 'annoyed' | 'furious' | undefined>()
    // @ts-expect-error -- there is no such question
    void answers.colour
    // @ts-expect-error -- a predicate has no choice
    void answers.angry.choice?.length
    // @ts-expect-error -- not one of the choices
    void (answers.team.choice === 'sales')
  })

  it('are certain once a refusal is ruled out', async () => {
    const { team } = (await lmstudio.decide(request)).answers
    if (team.type === 'refusal') return
    expectTypeOf(team.choice).toEqualTypeOf<'billing' | 'tech'>()
    expectTypeOf(team.probabilities).toEqualTypeOf<Readonly<Record<'billing' | 'tech', number>>>()
  })

  it('may lack probabilities with the fallback', async () => {
    const { team, angry } = (await lmstudio.decide({ ...request, fallback: 'chat' })).answers
    if (team.type === 'refusal' || angry.type === 'refusal') return
    expectTypeOf(angry.isTrue).toEqualTypeOf<boolean>()
    expectTypeOf(angry.probability).toEqualTypeOf<number | undefined>()
    expectTypeOf(team.probabilities).toEqualTypeOf<Readonly<Record<'billing' | 'tech', number>> | undefined>()
  })

  it('have literal types with inline questions, in batches, and in an assembled provider', async () => {
    const one = await lmstudio.decide({ model: 'm', input: 'x', questions: { a: choice('?', ['yes', 'no']) } })
    expectTypeOf(one.answers.a.choice).toEqualTypeOf<'yes' | 'no' | undefined>()
    const { responses } = await lmstudio.decideMany({ model: 'm', inputs: ['x'], questions })
    expectTypeOf(responses[0]!.answers.team.choice).toEqualTypeOf<'billing' | 'tech' | undefined>()
    const assembled = await assemble(createClient(), { decide }).decide(request)
    expectTypeOf(assembled.answers.team.choice).toEqualTypeOf<'billing' | 'tech' | undefined>()
  })
})

describe('the questions of decide', () => {
  it('refuse what is not a question', () => {
    // @ts-expect-error -- a text is not a question
    void lmstudio.decide({ model: 'm', input: 'x', questions: { a: 'Is it?' } })
    // @ts-expect-error -- the input is missing
    void lmstudio.decide({ model: 'm', questions })
    // @ts-expect-error -- the only fallback is a chat model
    void lmstudio.decide({ ...request, fallback: 'model' })
    // @ts-expect-error -- choices are strings or booleans
    void choice('?', [1, 2])
  })
})
