#!/usr/bin/env python3
"""What SQLite does for whoever builds a hash chain in it: WAL, synchronous=FULL, one row a transaction and a thousand.
Prints "name value unit" lines. usage: sqlite.py SECONDS FOLDER"""
import hashlib
import os
import shutil
import sqlite3
import sys
import tempfile
import time

seconds = float(sys.argv[1])
home = tempfile.mkdtemp(prefix="peer-sqlite.", dir=sys.argv[2])


def payload(number):
    return '{"actor":"service-7","number":"%010d","text":"%s"}' % (number, "x" * 545)


def measure(name, rows):
    db = sqlite3.connect(os.path.join(home, f"{rows}.db"), isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE receipt (place INTEGER PRIMARY KEY, payload TEXT NOT NULL, before BLOB NOT NULL, hash BLOB NOT NULL)")
    tip, size = bytes(32), 0
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        db.execute("BEGIN IMMEDIATE")
        for _ in range(rows):
            text = payload(size)
            size += 1
            digest = hashlib.sha256(tip + text.encode()).digest()
            db.execute("INSERT INTO receipt VALUES (?, ?, ?, ?)", (size, text, tip, digest))
            tip = digest
        db.execute("COMMIT")
    rate = size / (time.perf_counter() - begin)
    last = bytes(32)
    begin = time.perf_counter()
    for text, before, digest in db.execute("SELECT payload, before, hash FROM receipt ORDER BY place"):
        if before != last or digest != hashlib.sha256(before + text.encode()).digest():
            sys.exit("SQLite's chain does not hold")
        last = digest
    verified = size / (time.perf_counter() - begin)
    db.close()
    print(f"{name} {rate:.0f} rows/s")
    return verified


try:
    measure("peer.sqlite.chain.1-a-transaction", 1)
    verified = measure("peer.sqlite.chain.1000-a-transaction", 1000)
    print(f"peer.sqlite.verify {verified:.0f} rows/s")
finally:
    shutil.rmtree(home)
