type Optional<T> = {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
type Required<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] };

/** The same object without the properties that are undefined: absent, not present and empty. */
export const defined = <T extends object>(object: T): Required<T> & Optional<T> => {
  const present: Partial<T> = {};
  for (const name of Object.keys(object) as (keyof T)[])
    if (object[name] !== undefined) present[name] = object[name];
  return present as unknown as Required<T> & Optional<T>;
};
