/** Escapes text for the content and the attributes of HTML. */
export const escapeHTML = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
