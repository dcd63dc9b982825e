// A real atproto PDS on loopback, and a bridge from its firehose to what a Jetstream server (version 1) says. Driven by
// atproto.py: one command as JSON a line on standard input, one answer a line on standard output.
const path = require('path');
const from = (name) => require(path.join(process.argv[2], 'node_modules', name));
const { TestPds, TestPlc } = from('@atproto/dev-env');
const { Firehose } = from('@atproto/sync');
const { IdResolver } = from('@atproto/identity');
const { lexToJson } = from('@atproto/lexicon');
const { WebSocketServer } = from('ws');

const say = (it) => process.stdout.write(JSON.stringify(it) + '\n');

async function main() {
  const plc = await TestPlc.create({});
  const pds = await TestPds.create({ didPlcUrl: plc.url });
  const agent = pds.getClient();
  const events = [];
  const listeners = new Set();
  let last = 0;
  const firehose = new Firehose({
    service: pds.url.replace('http', 'ws'),
    idResolver: new IdResolver({ plcUrl: plc.url }),
    unauthenticatedCommits: true,
    unauthenticatedHandles: true,
    runner: { getCursor: () => undefined, trackEvent: async (did, seq, handler) => handler() },
    onError: (e) => console.error(e),
    handleEvent: (e) => {
      last = Math.max(last + 1, Date.now() * 1000);
      const it = { did: e.did, time_us: last };
      if (['create', 'update', 'delete'].includes(e.event)) {
        it.kind = 'commit';
        it.commit = { rev: e.rev, operation: e.event, collection: e.collection, rkey: e.rkey };
        if (e.record) Object.assign(it.commit, { record: lexToJson(e.record), cid: e.cid.toString() });
      } else if (e.event === 'account') {
        it.kind = 'account';
        it.account = { active: e.active, did: e.did, seq: e.seq, time: e.time, ...(e.status ? { status: e.status } : {}) };
      } else if (e.event === 'identity') {
        it.kind = 'identity';
        it.identity = { did: e.did, handle: e.handle, seq: e.seq, time: e.time };
      } else return;
      events.push(it);
      for (const tell of listeners) tell(it);
    },
  });
  firehose.start();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: 1 << 20 });
  await new Promise((done) => server.once('listening', done));
  server.on('connection', (socket, request) => {
    const asked = new URL(request.url, 'http://x').searchParams;
    const collections = asked.getAll('wantedCollections');
    const cursor = Number(asked.get('cursor') || Infinity);
    // As Jetstream does: account and identity events pass the filter.
    const tell = (it) => {
      if (it.kind !== 'commit' || !collections.length || collections.includes(it.commit.collection)) socket.send(JSON.stringify(it));
    };
    events.filter((it) => it.time_us >= cursor).forEach(tell);
    listeners.add(tell);
    socket.on('close', () => listeners.delete(tell));
  });
  say({ port: server.address().port, node: process.version, pds: from('@atproto/pds/package.json').version });
  const accounts = {};
  const commands = {
    account: async ({ name }) => {
      const made = await agent.com.atproto.server.createAccount({ handle: `${name}.test`, email: `${name}@mail.test`, password: 'pass-word-1' });
      accounts[name] = { did: made.data.did, headers: { authorization: `Bearer ${made.data.accessJwt}` } };
      return { did: made.data.did };
    },
    blob: async ({ name, bytes, type }) => {
      const { headers } = accounts[name];
      const made = await agent.com.atproto.repo.uploadBlob(Buffer.from(bytes, 'base64'), { headers, encoding: type });
      return { blob: made.data.blob.toJSON ? made.data.blob.toJSON() : lexToJson(made.data.blob) };
    },
    // The API as it is, so that records are checked and encoded by the PDS.
    call: async ({ name, method, body }) => {
      const { headers } = accounts[name];
      const answer = await fetch(`${pds.url}/xrpc/${method}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method}: ${answer.status} ${text}`);
      return text ? JSON.parse(text) : {};
    },
    takedown: async ({ name, applied }) => {
      const body = { subject: { $type: 'com.atproto.admin.defs#repoRef', did: accounts[name].did }, takedown: { applied } };
      await agent.com.atproto.admin.updateSubjectStatus(body, { headers: pds.adminAuthHeaders(), encoding: 'application/json' });
      return {};
    },
    remove: async ({ name }) => {
      await agent.com.atproto.admin.deleteAccount({ did: accounts[name].did }, { headers: pds.adminAuthHeaders(), encoding: 'application/json' });
      return {};
    },
    seen: async () => ({ events: events.length, kinds: events.map((e) => (e.commit ? e.commit.operation : `${e.kind} ${e.account ? e.account.status || 'active' : ''}`)) }),
    cut: async () => {
      for (const socket of server.clients) socket.terminate();
      return {};
    },
  };
  let rest = '';
  let queue = Promise.resolve();
  process.stdin.on('data', (data) => {
    rest += data;
    const lines = rest.split('\n');
    rest = lines.pop();
    for (const line of lines.filter(Boolean)) {
      const it = JSON.parse(line);
      queue = queue.then(() => commands[it.do](it)).then(say, (e) => say({ error: String(e) }));
    }
  });
  process.stdin.on('end', () => process.exit(0));
}
main().catch((e) => { console.error(e); process.exit(1); });
