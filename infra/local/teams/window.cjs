// Loaded into the local Teams before its own code. It makes three things true that have no option there:
// it listens on this machine alone, it goes when the process that started it has gone, and its page knows of a
// new post before the bot does.
const { ClientRequest } = require("node:http");
const { Server } = require("node:net");

const listen = Server.prototype.listen;
Server.prototype.listen = function onLoopback(port, ...rest) {
  const portAlone = typeof port === "number" && typeof rest[0] !== "string";
  return portAlone ? listen.call(this, port, "127.0.0.1", ...rest) : listen.call(this, port, ...rest);
};

process.stdin.on("end", () => process.exit(0)).resume();

// The page and the bot are told of a post at the same moment. An answer that overtakes the page is thrown away by
// it, because it does not know the thread yet; over a real network the bot is never that fast.
const HEAD_START_MS = 150;
const end = ClientRequest.prototype.end;
ClientRequest.prototype.end = function afterThePage(...rest) {
  setTimeout(() => end.apply(this, rest), HEAD_START_MS);
  return this;
};
