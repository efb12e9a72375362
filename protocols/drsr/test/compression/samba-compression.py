#!/usr/bin/python3
"""Asks Samba's own drsuapi codec to compress, as a program of its own: one JSON [SEED, "xpress" | "mszip"] a line in, one JSON answer a line out.

Samba's server does not compress what it replicates, but its codec can.
"""
import json
import random
import sys

from samba.dcerpc import drsuapi
from samba.ndr import ndr_pack, ndr_pack_out


def text(rng):
    """Repeats itself near and far, in runs of all lengths."""
    pieces = ["".join(chr(rng.randrange(32, 0x2000)) for _ in range(rng.randrange(1, 60))) for _ in range(8)]
    parts = [rng.choice(pieces) * rng.choice((1, 1, 2, 5, 40, 700)) for _ in range(rng.randrange(1, 60))]
    return "".join(parts)[:100000]


def make(seed, algorithm):
    plain = drsuapi.DsGetNCChangesCtr6TS()
    plain.ctr6 = drsuapi.DsGetNCChangesCtr6()
    plain.ctr6.naming_context = drsuapi.DsReplicaObjectIdentifier()
    plain.ctr6.naming_context.dn = text(random.Random(seed))
    plain.ctr6.mapping_ctr = drsuapi.DsReplicaOIDMapping_Ctr()
    xpress = algorithm == "xpress"
    compressed = drsuapi.DsGetNCChangesXPRESSCtr6() if xpress else drsuapi.DsGetNCChangesMSZIPCtr6()
    compressed.ts = plain
    compressed.decompressed_length = len(ndr_pack(plain))
    reply = drsuapi.DsGetNCChangesCtr7()
    reply.level = 6
    reply.type = drsuapi.DRSUAPI_COMPRESSION_TYPE_XPRESS if xpress else drsuapi.DRSUAPI_COMPRESSION_TYPE_MSZIP
    reply.ctr = compressed
    call = drsuapi.DsGetNCChanges()
    call.out_level_out = 7
    call.out_ctr = reply
    return {"reply": ndr_pack_out(call).hex(), "plain": ndr_pack(plain).hex()}


for line in sys.stdin:
    print(json.dumps(make(*json.loads(line))), flush=True)
