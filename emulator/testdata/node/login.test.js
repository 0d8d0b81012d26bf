'use strict';
const { assert, connect, run, refused, destroy, main } = require('./driver');

async function password() {
  const c = await connect();
  assert.ok(c.isUp());
  assert.equal(await c.isValidAsync(), true); // a heartbeat
  const { rows } = await run(c, 'select current_user() as U, current_database() as D, current_schema() as S');
  assert.deepEqual(rows, [{ U: 'SNOWPIT', D: 'TEST', S: 'PUBLIC' }]);
  await destroy(c);
  assert.equal(await c.isValidAsync(), false);
  await refused(run(c, 'select 1'), '407002');
}

async function wrongPassword() {
  await refused(connect({ password: 'guessed' }), '390100');
  await refused(connect({ username: 'nobody' }), '390100');
}

async function keyPair() {
  const c = await connect({ authenticator: 'SNOWFLAKE_JWT', privateKey: process.env.PRIVATE_KEY, password: undefined });
  assert.deepEqual((await run(c, 'select 1 as A')).rows, [{ A: 1 }]);
  await destroy(c);
}

async function accessToken() {
  const c = await connect({ authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: process.env.TOKEN, password: undefined });
  assert.deepEqual((await run(c, 'select 1 as A')).rows, [{ A: 1 }]);
  await destroy(c);
  await refused(connect({ authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'guessed', password: undefined }), '394400');
}

async function noDatabase() { // the emulator has one for those who name none
  const c = await connect({ database: undefined, schema: undefined });
  assert.deepEqual((await run(c, 'select current_schema() as S')).rows, [{ S: 'PUBLIC' }]);
  await destroy(c);
}

async function keepAlive() {
  const c = await connect({ clientSessionKeepAlive: true, clientSessionKeepAliveHeartbeatFrequency: 900 });
  assert.ok(c.isUp());
  await destroy(c);
}

main([password, wrongPassword, keyPair, accessToken, noDatabase, keepAlive]);
