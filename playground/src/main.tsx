import { render } from 'preact'
import { App } from './app.js'
import { registerOffline } from './lib/register-offline.js'
import { startConnection } from './state/connection.js'

render(<App />, document.querySelector('#app')!)
void startConnection()
registerOffline()
