import { ViewHead } from '../../ui/card.js'
import { AddressForm } from './address-form.js'
import { ServerCard } from './server-card.js'
import './connect.css'

export function View() {
  return (
    <>
      <ViewHead title="Connect" lead="Connect this page directly to LM Studio." />
      <div class="connect">
        <ServerCard />
        <AddressForm />
      </div>
    </>
  )
}
