/** The part of fast-check that the model test needs: `import fc from "fast-check"` fits as it is. */
export interface FastCheck {
  constantFrom<Value>(...values: Value[]): Arbitrary<Value>;
  record<Fields>(fields: { [Name in keyof Fields]: Arbitrary<Fields[Name]> }): Arbitrary<Fields>;
  array<Value>(item: Arbitrary<Value>, size: ArraySize): Arbitrary<Value[]>;
  asyncProperty<Value>(arbitrary: Arbitrary<Value>, predicate: (value: Value) => Promise<void>): Property;
  assert(property: Property, parameters: { readonly numRuns: number }): Promise<void>;
}

export interface Arbitrary<Value> {
  map<Other>(mapper: (value: Value) => Other): Arbitrary<Other>;
}

export interface ArraySize {
  readonly maxLength: number;
  // All lengths up to the longest, and not the short ones that fast-check prefers.
  readonly size: "max";
}

/** A property is only handed on: made by `asyncProperty`, taken by `assert`. */
export type Property = object;
