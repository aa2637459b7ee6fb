export const cases: readonly string[] = []
