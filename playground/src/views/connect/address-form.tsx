import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
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
import { route } from '../../state/route.js'
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
          hint="The default port of LM Studio is 1234."
          inputMode="url"
          value={endpoint.value}
          onInput={(value) => (endpoint.value = value)}
        />
        <TokenField />
        <Checkbox
          label="Remember endpoint and token"
          hint="Saves both in this browser. Clear the checkbox to delete them."
          checked={remember.value}
          onChange={(checked) => {
            if (checked) remember.value = true
            else void forgetConnection()
          }}
        />
        <Checkbox
          label="Allow endpoints outside this network"
          hint="Your messages are sent to that server."
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
      {searchError.value !== undefined && <ErrorNote title="No server found." error={searchError.value} />}
      <div class="mock-offer">
        <p class="small quiet">
          No LM Studio? Use the mock, which runs inside this page, without a model and without network requests.
        </p>
        <Button
          icon="play"
          disabled={isMock.value === 'page' && status.value === 'connected'}
          onClick={() => void useMock()}
        >
          {isMock.value === 'page' && status.value === 'connected' ? 'Mock in use' : 'Use the mock'}
        </Button>
      </div>
    </Card>
  )
}

function TokenField() {
  const isShown = useSignal(false)
  const box = useRef<HTMLDivElement>(null)
  // Other views link to this field.
  const isLinked = route.value.rest === 'token'
  useEffect(() => {
    if (isLinked) box.current?.querySelector('input')?.focus()
  }, [isLinked])
  const attributes = {
    class: 'input',
    autocomplete: 'off',
    spellcheck: false,
    onInput: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => (token.value = currentTarget.value),
  } as const
  return (
    <Field label="API token" hint="Only if LM Studio requires one. The token is never added to a URL.">
      {(ids) => (
        <div ref={box} class="token">
          {isShown.value ? (
            <input type="text" {...ids} {...attributes} value={token.value} />
          ) : (
            <input type="password" {...ids} {...attributes} value={token.value} />
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
