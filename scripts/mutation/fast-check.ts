import fc from 'fast-check'

// A mutant that needs more than a few examples to be noticed counts as a survivor: the score is a lower bound.
fc.configureGlobal({ numRuns: 20 })
