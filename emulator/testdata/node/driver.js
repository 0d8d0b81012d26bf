// What the scripts share: a connection to the emulator, with promises.
'use strict';
const assert = require('node:assert/strict');
const snowflake = require('snowflake-sdk');
snowflake.configure({ logLevel: 'OFF' });

const url = new URL(process.env.EMULATOR);

// connect logs in, with more or other options than a password.
function connect(options = {}) {
  const connection = snowflake.createConnection({
    account: 'snowpit', username: 'snowpit', password: 'snowpit', database: 'TEST', schema: 'PUBLIC',
    accessUrl: url.origin, host: url.hostname, port: Number(url.port), protocol: 'http', ...options,
  });
  return new Promise((resolve, reject) => connection.connect((err) => (err ? reject(err) : resolve(connection))));
}

// run executes a statement and gives its rows and the statement.
function run(connection, sqlText, options = {}) {
  return new Promise((resolve, reject) => {
    connection.execute({ sqlText, ...options, complete: (err, statement, rows) => (err ? reject(err) : resolve({ rows, statement })) });
  });
}

// refused asserts that a promise fails with a code of Snowflake's.
async function refused(promise, code, state) {
  await assert.rejects(promise, (err) => {
    assert.equal(String(err.code), code, err.message);
    if (state) assert.equal(err.sqlState, state);
    return true;
  });
}

function destroy(connection) {
  return new Promise((resolve, reject) => connection.destroy((err) => (err ? reject(err) : resolve())));
}

// main runs the script's checks one after another.
async function main(checks) {
  for (const check of checks) {
    try {
      await check();
    } catch (err) {
      console.error(`${check.name}: ${err.stack}`);
      process.exitCode = 1;
    }
  }
  process.exit();
}

module.exports = { assert, snowflake, connect, run, refused, destroy, main };
