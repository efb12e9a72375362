#!/usr/bin/python3
"""Asks Samba's own drsuapi codec, as a program of its own: one JSON command a line in, one JSON answer a line out.

{"decode": HEX}           what a GetNCChanges request says, field by field
{"make": SEED}            a random GetNCChanges reply, with what it says
"""
import json
import random
import sys

from samba.dcerpc import drsuapi, misc, security
from samba.ndr import ndr_pack_out, ndr_unpack_in


def decode(stub):
    call = drsuapi.DsGetNCChanges()
    ndr_unpack_in(call, stub)
    req = call.in_req
    mark = req.highwatermark
    vector = req.uptodateness_vector
    return {
        "version": call.in_level,
        "destination": str(req.destination_dsa_guid),
        "source": str(req.source_dsa_invocation_id),
        "guid": str(req.naming_context.guid),
        "dn": req.naming_context.dn,
        "usn": [str(mark.tmp_highest_usn), str(mark.reserved_usn), str(mark.highest_usn)],
        "vector": [[str(c.source_dsa_invocation_id), str(c.highest_usn)] for c in vector.cursors] if vector else [],
        "options": req.replica_flags,
        "maxObjects": req.max_object_count,
        "maxBytes": req.max_ndr_size,
        "operation": req.extended_op,
        "attributes": list(req.partial_attribute_set.attids),
        "prefixes": [[m.id_prefix, bytes(m.oid.binary_oid).hex()] for m in req.mapping_ctr.mappings],
    }


def guid(rng):
    return misc.GUID("%08x-%04x-%04x-%04x-%012x" % tuple(rng.getrandbits(n) for n in (32, 16, 16, 16, 48)))


def usn(rng):
    return rng.getrandbits(rng.choice((8, 40, 64)))


def seconds(rng):
    # Samba holds 100-nanosecond steps and writes whole seconds.
    return rng.getrandbits(34) * 10_000_000


def name(rng):
    result = drsuapi.DsReplicaObjectIdentifier()
    result.guid = guid(rng)
    if rng.random() < 0.7:
        result.sid = security.dom_sid("S-1-5-21-%d-%d-%d-%d" % tuple(rng.getrandbits(32) for _ in range(4)))
    letters = [chr(c) for c in range(32, 127)] + list("äß€漢🔑")
    result.dn = "CN=" + "".join(rng.choice(letters) for _ in range(rng.randrange(40)))
    return result


def entry(rng):
    item = drsuapi.DsReplicaObjectListItemEx()
    item.object.identifier = name(rng)
    attributes = []
    metadata = []
    for _ in range(rng.randrange(5)):
        attribute = drsuapi.DsReplicaAttribute()
        attribute.attid = rng.choice((0x90008, 0x9005A, 0x20030, 0x3))
        values = []
        for _ in range(rng.randrange(4)):
            value = drsuapi.DsAttributeValue()
            value.blob = rng.randbytes(rng.randrange(20))
            values.append(value)
        attribute.value_ctr.num_values = len(values)
        attribute.value_ctr.values = values
        attributes.append(attribute)
        stamp = drsuapi.DsReplicaMetaData()
        stamp.version = rng.getrandbits(32)
        stamp.originating_change_time = seconds(rng)
        stamp.originating_invocation_id = guid(rng)
        stamp.originating_usn = usn(rng)
        metadata.append(stamp)
    item.object.attribute_ctr.num_attributes = len(attributes)
    item.object.attribute_ctr.attributes = attributes
    if rng.random() < 0.5:
        item.parent_object_guid = guid(rng)
    item.meta_data_ctr = drsuapi.DsReplicaMetaDataCtr()
    item.meta_data_ctr.count = len(metadata)
    item.meta_data_ctr.meta_data = metadata
    said = {
        "guid": str(item.object.identifier.guid),
        "sid": str(item.object.identifier.sid),
        "dn": item.object.identifier.dn,
        "attributes": [[a.attid, [bytes(v.blob).hex() for v in a.value_ctr.values]] for a in attributes],
        "metadata": [
            [m.version, m.originating_change_time // 10_000_000, str(m.originating_invocation_id), str(m.originating_usn)]
            for m in metadata
        ],
    }
    return item, said


def link(rng):
    result = drsuapi.DsReplicaLinkedAttribute()
    result.identifier = name(rng)
    result.attid = rng.getrandbits(31)
    result.value.blob = rng.randbytes(rng.randrange(50))
    result.flags = rng.getrandbits(1)
    result.originating_add_time = seconds(rng)
    result.meta_data.version = rng.getrandbits(32)
    result.meta_data.originating_change_time = seconds(rng)
    result.meta_data.originating_invocation_id = guid(rng)
    result.meta_data.originating_usn = usn(rng)
    return result


def make(seed):
    rng = random.Random(seed)
    reply = drsuapi.DsGetNCChangesCtr6()
    reply.source_dsa_guid = guid(rng)
    reply.source_dsa_invocation_id = guid(rng)
    reply.naming_context = name(rng)
    mark = reply.new_highwatermark
    mark.tmp_highest_usn, mark.reserved_usn, mark.highest_usn = usn(rng), usn(rng), usn(rng)
    vector = None
    if rng.random() < 0.5:
        vector = drsuapi.DsReplicaCursor2CtrEx()
        vector.version = 2
        cursors = []
        for _ in range(rng.randrange(4)):
            cursor = drsuapi.DsReplicaCursor2()
            cursor.source_dsa_invocation_id = guid(rng)
            cursor.highest_usn = usn(rng)
            cursor.last_sync_success = seconds(rng)
            cursors.append(cursor)
        vector.count = len(cursors)
        vector.cursors = cursors
        reply.uptodateness_vector = vector
    mappings = []
    for index, prefix in ((9, "2a864886f7140104"), (rng.randrange(100, 200), "550504"), (0, "ff" + "00" * 20)):
        mapping = drsuapi.DsReplicaOIDMapping()
        mapping.id_prefix = index
        mapping.oid.length = len(prefix) // 2
        mapping.oid.binary_oid = list(bytes.fromhex(prefix))
        mappings.append(mapping)
    reply.mapping_ctr.num_mappings = len(mappings)
    reply.mapping_ctr.mappings = mappings
    reply.extended_ret = rng.randrange(17)
    pairs = [entry(rng) for _ in range(rng.randrange(6))]
    for (item, _), (following, _) in zip(pairs, pairs[1:]):
        item.next_object = following
    reply.object_count = len(pairs)
    if pairs:
        reply.first_object = pairs[0][0]
    reply.more_data = rng.getrandbits(1)
    reply.nc_object_count = rng.getrandbits(31)
    links = [link(rng) for _ in range(rng.randrange(4))]
    reply.linked_attributes_count = len(links)
    reply.linked_attributes = links
    call = drsuapi.DsGetNCChanges()
    call.out_level_out = 6
    call.out_ctr = reply
    return {
        "stub": ndr_pack_out(call).hex(),
        "dsa": str(reply.source_dsa_guid),
        "invocationId": str(reply.source_dsa_invocation_id),
        "usn": [str(mark.tmp_highest_usn), str(mark.reserved_usn), str(mark.highest_usn)],
        "vector": [[str(c.source_dsa_invocation_id), str(c.highest_usn)] for c in vector.cursors] if vector else None,
        "extendedResult": reply.extended_ret,
        "more": bool(reply.more_data),
        "estimate": reply.nc_object_count,
        "entries": [said for _, said in pairs],
    }


for line in sys.stdin:
    command = json.loads(line)
    answer = make(command["make"]) if "make" in command else decode(bytes.fromhex(command["decode"]))
    print(json.dumps(answer), flush=True)
