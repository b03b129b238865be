"""What other ledgers would have written, computed by their own rules and none of our code.

Run by hand in this folder; needs Python's cryptography. The tests hold our readers to these files.
"""

import base64
import hashlib
import json
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def sha(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


# Amazon QLDB: hashes are joined the smaller one first, as signed bytes from the last to the first.
def signed(digest):
    return [b - 256 if b > 127 else b for b in reversed(digest)]


def dot(a, b):
    if not a or not b:
        return a or b
    return sha(a + b if signed(a) < signed(b) else b + a)


def dots(hashes):
    while len(hashes) > 1:
        pairs = range(0, len(hashes), 2)
        hashes = [dot(hashes[i], hashes[i + 1]) if i + 1 < len(hashes) else hashes[i] for i in pairs]
    return hashes[0] if hashes else b""


def revision(block, number, digest):
    return {
        "blockAddress": {"strandId": "JdxjkR9bSYB5jMHWcI464T", "sequenceNo": block},
        "hash": b64(digest),
        "data": {
            "VIN": f"1N4AL11D75C{block}{number}",
            "PendingPenaltyTicketAmount": 90.25,
            "Owners": {"PrimaryOwner": "294jJ3YUoH1IEEm8GSabOs"},
        },
        "metadata": {
            "id": f"3Qv67yjXEwB9SjmvkuG6Cp{number}",
            "version": block,
            "txTime": "2019-10-25T17:20:20.618Z",
            "txId": "D35qctdJRU1L1N2VhxbwSn",
        },
    }


def qldb():
    blocks, previous = [], b""
    for number, revisions in enumerate([0, 1, 3]):
        hashes = [sha(b"rev %d %d" % (number, i)) for i in range(revisions)]
        entries = [sha(b"info %d" % number)] + ([dots(hashes)] if hashes else []) + [sha(b"x %d" % number)]
        block = {
            "blockAddress": {"strandId": "JdxjkR9bSYB5jMHWcI464T", "sequenceNo": number},
            "transactionId": f"D35qctdJRU1L1N2VhxbwS{number}",
            "blockTimestamp": f"2019-10-25T17:20:2{number}.009Z",
            "blockHash": b64(dot(dots(entries), previous)),
            "entriesHash": b64(dots(entries)),
            "previousBlockHash": b64(previous),
            "entriesHashList": [b64(entry) for entry in entries],
            "transactionInfo": {
                "statements": [
                    {
                        "statement": "INSERT INTO VehicleRegistration VALUE ?",
                        "startTime": "2019-10-25T17:20:20.496Z",
                        "statementDigest": b64(sha(b"s")),
                    }
                ]
            },
        }
        if hashes:
            block["revisions"] = [revision(number, i, digest) for i, digest in enumerate(hashes)]
        blocks.append(block)
        previous = dot(dots(entries), previous)
    return blocks


BLOBS = {"blockHash", "entriesHash", "previousBlockHash", "entriesHashList", "hash", "statementDigest"}
TIMES = {"blockTimestamp", "startTime", "txTime"}


def ion(value, name=None):
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{ion(item, key)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(ion(item, name) for item in value) + "]"
    if isinstance(value, str):
        return "{{" + value + "}}" if name in BLOBS else value if name in TIMES else json.dumps(value)
    return repr(value)


# immudb 1.x: embedded/store/tx.go and embedded/htree.
def immudb():
    transactions, previous = [], bytes(32)
    for number, version in enumerate([1, 1, 0], 1):
        pairs = [(b"\0account/%d" % i, b"\0balance %d" % (number * 100 + i)) for i in range(number)]
        level = []
        for key, value in pairs:
            head = b"\0\0" + struct.pack(">H", len(key)) if version == 1 else b""
            level.append(sha(b"\0" + sha(head + key + sha(value))))
        while len(level) > 1:
            steps = range(0, len(level), 2)
            level = [sha(b"\1" + level[i] + level[i + 1]) if i + 1 < len(level) else level[i] for i in steps]
        time, linked, root = 1700000000 + number, number - 1, sha(b"bl%d" % number)
        inner = struct.pack(">QH", time, version)
        inner += struct.pack(">HI", 0, len(pairs)) if version == 1 else struct.pack(">H", len(pairs))
        inner += level[0] + struct.pack(">Q", linked) + root
        header = {
            "id": str(number),
            "prevAlh": b64(previous),
            "ts": str(time),
            "nentries": len(pairs),
            "eH": b64(level[0]),
            "blRoot": b64(root),
            "version": version,
            "metadata": None,
        }
        if linked:
            header["blTxId"] = str(linked)
        entries = [
            {"key": b64(k), "hValue": b64(sha(v)), "metadata": None, "vLen": len(v), "value": b64(v)} for k, v in pairs
        ]
        transactions.append({"header": header, "entries": entries, "kvEntries": [], "zEntries": []})
        previous = sha(struct.pack(">Q", number) + previous + sha(inner))
    return {"txs": transactions}


def scan():
    first = {"tx": "7", "key": b64(b"invoice/1"), "value": b64(b"paid"), "metadata": None, "revision": "2"}
    second = {"tx": "8", "key": b64(b"blob"), "value": b64(b"\xff\xfe\0"), "metadata": None, "revision": "1"}
    return {"entries": [first, second]}


# The original Tessrax: tessrax/core/memory_engine.py and tessrax/ledger/merkle.py.
def compact(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def text(value):
    return hashlib.sha256(value.encode()).hexdigest()


def tessrax():
    signer = Ed25519PrivateKey.from_private_bytes(bytes([7] * 32))
    peaks, last, lines = [], None, []
    for number in range(5):
        payload = {
            "node_id": number,
            "status": "LOGGED" if number % 2 else "VERIFIED",
            "note": "caf\u00e9 \U0001f600 \u2028",
            "score": [0.1 + 0.2, 1e-07, 1e16, -0.0][number % 4],
            "big": 2**53 - 1,
        }
        event = {
            "event_type": "STATE_AUDITED" if number else "CONTRADICTION_DETECTED",
            "timestamp": f"2025-11-0{number + 1}T12:00:00.123456+00:00",
            "payload": payload,
            "payload_hash": text(compact(payload)),
            "audited_state_hash": f"{number:064x}",
            "auditor": "Tessrax Governance Kernel v16",
            "key_id": "key-1",
        }
        signature = signer.sign(compact(event).encode()).hex()
        body = event | {"signature": signature, "previous_entry_hash": last}
        last = text(compact(body))
        node, count = text("leaf:" + last), number
        while count & 1:
            node = text(f"node:{peaks.pop()}:{node}")
            count >>= 1
        peaks.append(node)
        root = peaks[0]
        for peak in peaks[1:]:
            root = text(f"node:{root}:{peak}")
        lines.append(compact(body | {"entry_hash": last, "merkle_root": root}))
    return lines


def write(name, lines):
    with open(name, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


write("journal.json", [json.dumps(block) for block in qldb()])
write("journal.ion", ["$ion_1_0"] + [ion(block) for block in qldb()])
write("txscan.json", [json.dumps(immudb(), indent=1)])
write("scan.json", [json.dumps(scan(), indent=1)])
write("ledger.jsonl", tessrax())
