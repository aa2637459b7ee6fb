import { ViewHead } from '../../ui/card.js'
import { AddressForm } from './address-form.js'
import { ServerCard } from './server-card.js'
import './connect.css'

export function View() {
  return (
    <>
      <ViewHead
        title="Connect"
        lead="Where LM Studio listens. This page talks to it directly, with nothing in between."
      />
      <div class="connect">
        <ServerCard />
        <AddressForm />
      </div>
    </>
  )
}
