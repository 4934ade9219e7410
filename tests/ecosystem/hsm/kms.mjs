// A KMS: signs what is posted to it, for those who have the token. Prints its URL.

import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [folder] = process.argv.slice(2);
const [key, passphrase] = ['private.pem', 'password.txt'].map((name) => readFileSync(`${folder}/${name}`, 'utf8').trim());
const privateKey = createPrivateKey({ key, passphrase });

const server = createServer(async (request, response) => {
  const message = Buffer.concat(await request.toArray());
  const { pathname, searchParams } = new URL(request.url, 'http://kms');
  const isAllowed = pathname === '/sign' && request.headers.authorization === `Bearer ${process.env.KMS_TOKEN}`;
  response.writeHead(isAllowed ? 200 : 403);
  response.end(isAllowed ? sign(searchParams.get('digest'), message, privateKey) : undefined);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
