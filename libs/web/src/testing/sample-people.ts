import type { Me } from '#contracts';

/** Invented institutions and people, as the API would describe them. */
export const aurora = { id: 'aurora-university', name: 'Aurora Open University' };
export const borealis = {
  id: 'borealis-university',
  name: 'Borealis University of Applied Sciences',
};
export const coral = { id: 'coral-mooc', name: 'Coral Open Courses' };
export const library = { id: 'ring-library', name: 'Ring Public Library' };

/** Who signs in, by role. */
export const people: Readonly<Record<string, Me>> = {
  learner: { id: 'per_learner', role: 'learner' },
  provider: {
    id: 'ring-library',
    role: 'provider',
    organisation: {
      ...library,
      homePage: 'https://ring-library.example',
      sources: ['urn:llcl:ring-library:desk'],
    },
  },
  officer: { id: 'per_officer', role: 'officer', organisation: borealis },
  admin: { id: 'per_admin', role: 'admin' },
  employer: { id: 'per_employer', role: 'employer' },
};
