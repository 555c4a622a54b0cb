"""Speaks as much of MongoDB's protocol as it takes to set up a replica set of one.

Like the real one it keeps its configuration in --dbpath and takes writes only while
that configuration names the address it listens on.
"""

from __future__ import annotations

import json
import socketserver
import struct
import sys
from pathlib import Path

import bson

OPTIONS = dict(zip(sys.argv[1:-1], sys.argv[2:], strict=False))
PORT = int(OPTIONS["--port"])
USERS = Path(OPTIONS["--dbpath"], "users")
CONFIG = Path(OPTIONS["--dbpath"], "config.json")


def answer(command):
    name = next(iter(command))
    config = json.loads(CONFIG.read_text()) if CONFIG.exists() else None
    if name in {"hello", "ismaster", "isMaster"}:
        member = config and config["members"][0]["host"] == f"127.0.0.1:{PORT}"
        return {"ok": 1, "isWritablePrimary": bool(member), "maxWireVersion": 25}
    if name == "replSetInitiate" and config:
        return {"ok": 0, "code": 23, "errmsg": "already initialized"}
    if name in {"replSetInitiate", "replSetReconfig"}:
        CONFIG.write_text(json.dumps({"version": 1, **command[name]}))
    if name == "createUser":
        with USERS.open("a") as users:
            users.write(f"{command[name]}\n")
    if name == "replSetGetConfig":
        return {"ok": 1, "config": config}
    return {"ok": 1}


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while header := self.rfile.read(16):
            length, request, _, opcode = struct.unpack("<iiii", header)
            body = self.rfile.read(length - 16)
            reply = bson.encode(answer(bson.decode(self.document(opcode, body))))
            self.send(request, opcode, reply)

    def document(self, opcode, body):
        if opcode == 2013:
            return body[5:]
        return body[body.index(b"\0", 4) + 9 :]  # OP_QUERY, a driver's first greeting

    def send(self, request, opcode, reply):
        kind, lead = 2013, bytes(5)
        if opcode != 2013:
            kind, lead = 1, bytes(16) + struct.pack("<i", 1)
        head = struct.pack("<iiii", 16 + len(lead) + len(reply), 1, request, kind)
        self.wfile.write(head + lead + reply)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


Server((OPTIONS["--bind_ip"], PORT), Handler).serve_forever()
