// The first status of a new process. Prints the id of its response as JSON.
//
// The arguments are the server, and `ours` or the name of a peer. Only that one is loaded.

'use strict';

async function main(server, whose) {
  const [id] = server.payouts;
  const { connect } = whose === 'ours' ? require('./ours.js') : require(`../peers/${whose}.js`);
  const connected = connect(server, ...(whose === 'undici_pool' ? [1] : []));
  const theirs = typeof connected === 'function' ? connected : connected.call;
  const response =
    whose === 'ours' ? await connected.payouts.status({ id }) : await theirs('v1/payout/status', { id: String(id) });
  console.log(JSON.stringify(response.id));
  process.exit();
}

main(JSON.parse(process.argv[2]), process.argv[3]);
