/** One order, by exactly one of two ids. A field that is null or undefined counts as absent. */
export type OrderRef =
  | {
      /** AliKassa's id. Prefer it: it is unique at the provider. */
      id: string | number | bigint;
      order_id?: null | undefined;
    }
  | {
      /** The merchant's id of the order. */
      order_id: string;
      id?: null | undefined;
    };

/** Many orders, by exactly one kind of id. A field that is null or undefined counts as absent. */
export type OrderRefs =
  | {
      /** AliKassa's ids. Prefer them: they are unique at the provider. */
      ids: Many<string | number | bigint>;
      order_ids?: null | undefined;
    }
  | {
      /** The merchant's ids of the orders. */
      order_ids: Many<string>;
      ids?: null | undefined;
    };

/** Any iterable except a string: an array, a Set, a generator, a stream. It can be asynchronous. */
export type Many<T> = object & (Iterable<T> | AsyncIterable<T>);
