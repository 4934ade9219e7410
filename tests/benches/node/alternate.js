// Contestants that take turns, so that whatever else the machine does strikes all alike.

'use strict';

// Seconds per call in each round, in which everyone makes its calls, in an order that changes; the first round is not counted.
// A contestant gets the number of its call, which no other of its calls has.
async function alternate(contestants, rounds, calls) {
  const flights = {};
  for (const [name, act] of Object.entries(contestants)) {
    const each = typeof calls === 'number' ? calls : calls[name];
    let n = 0;
    flights[name] = async () => {
      const began = performance.now();
      for (const end = n + each; n < end; n += 1) await act(n);
      return (performance.now() - began) / 1000 / each;
    };
  }
  return alternateFlights(flights, rounds);
}

// What each contestant measures of itself in each round, in an order that changes; the first round is not counted.
async function alternateFlights(contestants, rounds) {
  const measured = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (const order of orders(Object.keys(contestants), rounds)) {
    for (const name of order) measured[name].push(await contestants[name]());
  }
  return Object.fromEntries(Object.entries(measured).map(([name, [, ...counted]]) => [name, counted]));
}

// The order of each round, and of one to warm up: each time another one begins, and every second time they go backwards.
function* orders(names, rounds) {
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % names.length;
    const order = [...names.slice(first), ...names.slice(0, first)];
    yield round % 2 === 0 ? order : order.reverse();
  }
}

module.exports = { alternate, alternateFlights };
