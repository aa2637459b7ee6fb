import { useSignal } from '@preact/signals'
import {
  allowRemote,
  connect,
  discover,
  endpoint,
  forgetConnection,
  isMock,
  remember,
  status,
  token,
  useMock,
} from '../../state/connection.js'
import { Button, IconButton } from '../../ui/button.js'
import { Card } from '../../ui/card.js'
import { ErrorNote } from '../../ui/error-note.js'
import { Checkbox, Field, TextField } from '../../ui/field.js'

export function AddressForm() {
  const isSearching = useSignal(false)
  const searchError = useSignal<unknown>(undefined)

  const search = async (): Promise<void> => {
    isSearching.value = true
    searchError.value = undefined
    try {
      await discover()
    } catch (error) {
      searchError.value = error
    }
    isSearching.value = false
  }

  return (
    <Card title="Server address">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          searchError.value = undefined
          void connect()
        }}
      >
        <TextField
          label="Endpoint"
          hint="LM Studio listens on port 1234 unless you changed it."
          inputMode="url"
          value={endpoint.value}
          onInput={(value) => (endpoint.value = value)}
        />
        <TokenField />
        <Checkbox
          label="Remember both in this browser"
          hint="Kept in IndexedDB, for the next visit. Untick it to forgetConnection them at once."
          checked={remember.value}
          onChange={(checked) => {
            if (checked) remember.value = true
            else void forgetConnection()
          }}
        />
        <Checkbox
          label="Allow endpoints outside this network"
          hint="What you write is sent there."
          checked={allowRemote.value}
          onChange={(checked) => (allowRemote.value = checked)}
        />
        <div class="row">
          <Button kind="primary" type="submit" busy={status.value === 'connecting' && !isSearching.value}>
            Connect
          </Button>
          <Button icon="search" busy={isSearching.value} onClick={() => void search()}>
            Find LM Studio
          </Button>
        </div>
      </form>
      {searchError.value !== undefined && <ErrorNote title="Nothing was found." error={searchError.value} />}
      <div class="mock-offer">
        <p class="small quiet">
          No LM Studio at hand? A mock of it runs inside this page. It answers by itself; no model runs and nothing
          leaves the page.
        </p>
        <Button
          icon="play"
          disabled={isMock.value === 'page' && status.value === 'connected'}
          onClick={() => void useMock()}
        >
          {isMock.value === 'page' && status.value === 'connected' ? 'The mock is in use' : 'Use the mock'}
        </Button>
      </div>
    </Card>
  )
}

function TokenField() {
  const isShown = useSignal(false)
  const rest = {
    class: 'input',
    autocomplete: 'off',
    spellcheck: false,
    onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => (token.value = currentTarget.value),
  } as const
  return (
    <Field label="API token" hint="Only where LM Studio asks for one. It is never put into an address.">
      {(ids) => (
        <div class="token">
          {isShown.value ? (
            <input type="text" {...ids} {...rest} value={token.value} />
          ) : (
            <input type="password" {...ids} {...rest} value={token.value} />
          )}
          <IconButton
            icon="key"
            label={isShown.value ? 'Hide the token' : 'Show the token'}
            onClick={() => (isShown.value = !isShown.value)}
          />
        </div>
      )}
    </Field>
  )
}
