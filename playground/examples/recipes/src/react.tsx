import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Chat } from './Chat'
import { answer, app } from './select-answer'

createRoot(app).render(
  <StrictMode>
    <Chat answer={answer} />
  </StrictMode>,
)
