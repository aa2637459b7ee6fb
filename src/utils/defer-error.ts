/**
 * Calls `make` now; returns a function that returns its value or throws its error.
 *
 * @remarks
 * For streams, which check their request when they are created and throw what is wrong with it when they are read.
 */
export function deferError<T>(make: () => T): () => T {
  try {
    const value = make()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}
