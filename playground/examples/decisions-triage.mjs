// Sorts support mail with a decision model:   node decisions-triage.mjs "You charged me twice!" "The export crashes."
// Prints for each mail who handles it, how sure the model is, and whether it is urgent. --mock runs without LM Studio.
import { choice, createLMStudio, discover, predicate, ProviderError } from 'lmstudio-provider/node'

const mails = process.argv.slice(2).filter((arg) => arg !== '--mock')
const mock = process.argv.includes('--mock') ? await startMock() : undefined

async function startMock() {
  const { startMockLMStudio } = await import('lmstudio-provider/testing/node')
  return startMockLMStudio()
}

const questions = {
  team: choice('Who handles this?', {
    billing: 'Payments, charges and refunds',
    tech: 'Bugs, crashes and errors',
    sales: 'Offers and prices',
  }),
  urgent: predicate('Must a person look at this within an hour?'),
}

function describe({ team, urgent }) {
  // The model refused, or no team is likely enough: a threshold of your own decides, not the model.
  if (team.type === 'refusal' || team.probabilities[team.choice] < 0.5) return 'a person decides'
  const percent = Math.round(team.probabilities[team.choice] * 100)
  return `${team.choice} (${percent} %)${urgent.probability > 0.8 ? ', urgent' : ''}`
}

try {
  if (mails.length === 0) throw new Error('Name a mail, for example: node decisions-triage.mjs "You charged me twice!"')
  const endpoint = mock?.url ?? process.env.LMSTUDIO_ENDPOINT ?? (await discover()).endpoint
  const lmstudio = createLMStudio({ endpoint })
  // Without `model`, the loaded decision model is used, or the only one. All mails are asked at the same time, four at once.
  const { responses } = await lmstudio.decideMany({ inputs: mails, questions })
  responses.forEach(({ answers }, index) => console.log(`${describe(answers)}: ${mails[index]}`))
} catch (error) {
  // The part after “Tried:” lists every address that discovery tried; the hint is enough here.
  const [problem] = error.message.split(' Tried: ')
  console.error(ProviderError.isInstance(error) ? `${problem}\n${error.hint}` : problem)
  process.exitCode = 1
} finally {
  await mock?.close()
}
