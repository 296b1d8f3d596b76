/** A short sentence of the catalogue, by the end of its key under `format.`. */
export type Phrase = (name: string, values?: Record<string, string | number>) => string
