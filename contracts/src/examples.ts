/** The people of the demo data. Their ids are fixed, so every module can add demo data without asking another. */
const person = (last: string, username: string, displayName: string) => ({
  id: `01976000-0000-7000-8000-0000000000${last}`,
  username,
  displayName,
})

/** Their accounts have no password and no address, so they cannot sign in. */
export const examplePeople = {
  mira: person('01', 'mira-okafor', 'Mira Okafor'),
  jonas: person('02', 'jonas-lind', 'Jonas Lind'),
  priya: person('03', 'priya-nair', 'Priya Nair'),
  tomas: person('04', 'tomas-ferreira', 'Tomás Ferreira'),
  aiko: person('05', 'aiko-tanaka', 'Aiko Tanaka'),
} as const

export type ExamplePerson = keyof typeof examplePeople
