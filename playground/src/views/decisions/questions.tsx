import { Button, IconButton } from '../../ui/button.js'
import { Select, TextArea, TextField } from '../../ui/field.js'
import { hasOptions, type QuestionRow, type RowProblems } from './question-rows.js'
import { addRow, changeRow, input, problems, removeRow, resetToSample, rows } from './state.js'
import { SAMPLE_INPUT, SAMPLE_ROWS } from './samples.js'

const TYPES: readonly { readonly value: QuestionRow['type']; readonly label: string }[] = [
  { value: 'predicate', label: 'Predicate (yes or no)' },
  { value: 'choice', label: 'Choice' },
  { value: 'score', label: 'Score (scale)' },
]

/** The questions, each of which is edited in its own row. */
export function QuestionRows() {
  return (
    <>
      <ol class="question-rows" aria-label="Questions">
        {rows.value.map((row, index) => (
          <li key={row.id}>
            <Row row={row} number={index + 1} problem={problems.value[index]!} />
          </li>
        ))}
      </ol>
      {rows.value.length === 0 && <p class="quiet">Add at least one question.</p>}
      <div class="row">
        <Button icon="plus" onClick={addRow}>
          Add a question
        </Button>
        {(rows.value !== SAMPLE_ROWS || input.value !== SAMPLE_INPUT) && (
          <Button kind="quiet" onClick={resetToSample}>
            Reset to sample
          </Button>
        )}
      </div>
    </>
  )
}

interface RowProps {
  readonly row: QuestionRow
  readonly number: number
  readonly problem: RowProblems
}

function Row({ row, number, problem }: RowProps) {
  const { id, name, type, instructions, options } = row
  return (
    <div class="question-row" role="group" aria-label={`Question ${number}`}>
      <div class="question-head">
        <span class="quiet small">Question {number}</span>
        <IconButton icon="trash" label={`Remove question ${number}`} onClick={() => removeRow(id)} />
      </div>
      <div class="question-facts">
        <TextField label="Name" value={name} error={problem.name} onInput={(value) => changeRow(id, { name: value })} />
        <Select
          label="Type"
          value={type}
          options={TYPES}
          onChange={(value) => changeRow(id, { type: value as QuestionRow['type'] })}
        />
      </div>
      <TextArea
        label="Instructions"
        rows={2}
        value={instructions}
        error={problem.instructions}
        onInput={(value) => changeRow(id, { instructions: value })}
      />
      {hasOptions(row) && (
        <TextArea
          label={type === 'choice' ? 'Choices' : 'Levels, from the lowest to the highest'}
          hint={
            <>
              One per line: <code>value</code> or <code>value: description</code>.
            </>
          }
          rows={4}
          value={options}
          error={problem.options}
          onInput={(value) => changeRow(id, { options: value })}
        />
      )}
    </div>
  )
}
