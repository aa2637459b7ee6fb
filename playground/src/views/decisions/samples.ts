import type { QuestionRow } from './question-rows.js'

export const SAMPLE_INPUT =
  'Now I am angry! You charged me twice for my subscription. I want my payment back today, or I will cancel.'

export const SAMPLE_ROWS: readonly QuestionRow[] = [
  { id: 1, name: 'angry', type: 'predicate', instructions: 'Is the customer angry?', options: '' },
  {
    id: 2,
    name: 'team',
    type: 'choice',
    instructions: 'Who handles this?',
    options: 'billing: Payment, subscription and refund\ntech: Bugs and crashes\nsales: Offers and new contracts',
  },
  { id: 3, name: 'mood', type: 'score', instructions: 'How calm is the customer?', options: 'furious\nannoyed\ncalm' },
]
