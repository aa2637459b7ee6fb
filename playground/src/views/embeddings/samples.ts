/** Lines about four mixed subjects. */
export const SAMPLE = `The gull follows the fishing boat home.
Knead the dough for ten minutes.
The train to Oslo leaves from platform four.
Interest rates rose again this quarter.
A tern dives for fish behind the boat.
Let the dough rest before you bake the bread.
Platform four is closed, and the train is late.
The bank raised its interest rates.
Gulls nest on the roofs of the fishing harbor.
Bread is done when the crust sounds hollow.
A night train runs from Oslo to Bergen.
Savers like it when banks pay more interest.`
