import { Button, IconButton } from '../../ui/button.js'
import { Select, TextField } from '../../ui/field.js'
import {
  addIntegration,
  changeIntegration,
  integrationRows,
  removeIntegration,
  targetProblem,
  type IntegrationRow,
} from './integrations.js'

const TYPES: readonly { readonly value: IntegrationRow['type']; readonly label: string }[] = [
  { value: 'plugin', label: 'mcp.json server or plugin' },
  { value: 'ephemeral-mcp', label: 'MCP server by URL' },
]

/** The MCP servers and plugins whose tools LM Studio runs. */
export function IntegrationRows() {
  return (
    <fieldset class="tool-selection">
      <legend>Integrations</legend>
      <p class="field-hint">
        LM Studio runs these tools itself. Allow them in its Server Settings: “Allow calling servers from mcp.json”, or
        “Allow per-request MCPs” for a URL.
      </p>
      <ul class="integrations" aria-label="Integrations">
        {integrationRows.value.map((row, index) => (
          <li key={row.id}>
            <Row row={row} number={index + 1} />
          </li>
        ))}
      </ul>
      <div class="row">
        <Button small icon="plus" onClick={addIntegration}>
          Add an integration
        </Button>
      </div>
    </fieldset>
  )
}

function Row({ row, number }: { readonly row: IntegrationRow; readonly number: number }) {
  const { id, type, target, serverLabel, allowedTools, authorization } = row
  const update = (change: Partial<IntegrationRow>): void => changeIntegration(id, change)
  return (
    <div class="integration" role="group" aria-label={`Integration ${number}`}>
      <div class="integration-head">
        <span class="quiet small">Integration {number}</span>
        <IconButton icon="trash" label={`Remove integration ${number}`} onClick={() => removeIntegration(id)} />
      </div>
      <div class="tools-settings">
        <Select
          label="Type"
          value={type}
          options={TYPES}
          onChange={(value) => update({ type: value as IntegrationRow['type'] })}
        />
        <TextField
          label={type === 'plugin' ? 'Id' : 'URL'}
          placeholder={type === 'plugin' ? 'mcp/playwright' : 'https://example.org/mcp'}
          value={target}
          error={targetProblem(row)}
          onInput={(value) => update({ target: value })}
        />
        {type === 'ephemeral-mcp' && (
          <>
            <TextField
              label="Label"
              hint="Names the server in the response."
              value={serverLabel}
              onInput={(value) => update({ serverLabel: value })}
            />
            <TextField
              label="Authorization header"
              hint="Sent to the MCP server. Not saved."
              placeholder="Bearer …"
              value={authorization}
              onInput={(value) => update({ authorization: value })}
            />
          </>
        )}
        <TextField
          label="Allowed tools"
          hint="Names separated by commas. Empty: all."
          value={allowedTools}
          onInput={(value) => update({ allowedTools: value })}
        />
      </div>
    </div>
  )
}
