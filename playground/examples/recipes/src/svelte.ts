import { mount } from 'svelte'
import Chat from './Chat.svelte'
import { answer, app } from './select-answer'

mount(Chat, { target: app, props: { answer } })
