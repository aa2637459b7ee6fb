import { type Answer, answerDirectly, answerFromServer } from './answer'

/** `?server` in the address of the page selects the server. */
export const answer: Answer = location.search === '?server' ? answerFromServer : answerDirectly

export const app: Element = document.querySelector('#app')!
