import { createApp } from 'vue'
import Chat from './Chat.vue'
import { answer, app } from './select-answer'

createApp(Chat, { answer }).mount(app)
