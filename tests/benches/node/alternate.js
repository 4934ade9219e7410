// Measures several candidates in turn, so that other load on the machine affects them all equally.

'use strict';

// Seconds per call in each round. In each round every candidate makes its calls, in changing order; the first round is a
// warm-up and is not counted. A candidate gets the number of its call, which is unique among its calls.
async function alternate(candidates, rounds, calls) {
  const batches = {};
  for (const [name, call] of Object.entries(candidates)) {
    const size = typeof calls === 'number' ? calls : calls[name];
    let n = 0;
    batches[name] = async () => {
      const start = performance.now();
      for (const end = n + size; n < end; n += 1) await call(n);
      return (performance.now() - start) / 1000 / size;
    };
  }
  return alternateBatches(batches, rounds);
}

// What each candidate returns in each round, in changing order; the first round is a warm-up and is not counted.
async function alternateBatches(candidates, rounds) {
  const results = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
  for (const order of orders(Object.keys(candidates), rounds)) {
    for (const name of order) results[name].push(await candidates[name]());
  }
  return Object.fromEntries(Object.entries(results).map(([name, [, ...counted]]) => [name, counted]));
}

// The order of each round, the warm-up included: rotated by one each time, and every second one reversed.
function* orders(names, rounds) {
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % names.length;
    const order = [...names.slice(first), ...names.slice(0, first)];
    yield round % 2 === 0 ? order : order.reverse();
  }
}

module.exports = { alternate, alternateBatches };
