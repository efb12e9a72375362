#!/usr/bin/python3
"""Samba's own codec of drsuapi, as a program of its own: one question a line in, one answer a line out, both in JSON.

{"structure": NAME, "ndr64": BOOL, "stub": HEX}    what Samba reads in the stub, field by field
{"structure": NAME, "ndr64": BOOL, "seed": NUMBER} a random stub that Samba writes, with what it says

Either is answered with {"refused": WHY} where Samba cannot.

`structures` names all that can be asked for. One more is one more entry there: how it is packed and unpacked, what it says,
and how a random one is made.
"""
import json
import random
import sys

from samba.dcerpc import drsuapi, misc, security
from samba.ndr import ndr_pack, ndr_pack_in, ndr_pack_out, ndr_unpack, ndr_unpack_in, ndr_unpack_out

# Samba holds times of whole seconds in steps of 100 nanoseconds.
STEPS_PER_SECOND = 10_000_000


class Input:
    """The parameters of a call."""

    def __init__(self, call):
        self.call = call

    def unpack(self, stub, ndr64):
        return ndr_unpack_in(self.call(), stub, ndr64=ndr64)

    def pack(self, call, ndr64):
        return ndr_pack_in(call, ndr64=ndr64)


class Output(Input):
    """The results of a call."""

    def unpack(self, stub, ndr64):
        return ndr_unpack_out(self.call(), stub, ndr64=ndr64)

    def pack(self, call, ndr64):
        return ndr_pack_out(call, ndr64=ndr64)


class Alone:
    """A structure by itself, which Samba's bindings have in NDR 2.0 only."""

    def __init__(self, type):
        self.call = type

    def unpack(self, stub, ndr64):
        return ndr_unpack(self.call, stub)

    def pack(self, value, ndr64):
        return ndr_pack(value)


class Compressed:
    """The results of a call with a pickle compressed in them. The bindings do not give out what they read in version 7."""

    def unpack(self, stub, ndr64):
        return self.pickle

    def pack(self, pickle, ndr64):
        self.pickle = ndr_unpack(type(pickle), ndr_pack(pickle))
        call = drsuapi.DsGetNCChanges()
        if isinstance(pickle, drsuapi.DsGetNCChangesCtr1TS):
            call.out_level_out, message = 2, drsuapi.DsGetNCChangesCtr2()
            blob = drsuapi.DsGetNCChangesMSZIPCtr1()
            blob.ts = pickle
            message.mszip1 = blob
        else:
            call.out_level_out, message = 7, drsuapi.DsGetNCChangesCtr7()
            blob = drsuapi.DsGetNCChangesMSZIPCtr6()
            blob.ts = pickle
            message.level = 6
            message.type = drsuapi.DRSUAPI_COMPRESSION_TYPE_MSZIP
            message.ctr = blob
        call.out_ctr = message
        return ndr_pack_out(call, ndr64=ndr64)


# What a structure says.


def say_name(name):
    return name and {"guid": str(name.guid), "sid": str(name.sid), "dn": name.dn}


def say_mark(mark):
    return [str(mark.tmp_highest_usn), str(mark.reserved_usn), str(mark.highest_usn)]


def say_cursors(vector):
    return vector and [[str(c.source_dsa_invocation_id), str(c.highest_usn)] for c in vector.cursors]


def say_prefixes(table):
    return [[m.id_prefix, bytes(m.oid.binary_oid).hex()] for m in table.mappings]


def say_stamp(stamp):
    time = stamp.originating_change_time // STEPS_PER_SECOND
    return [stamp.version, time, str(stamp.originating_invocation_id), str(stamp.originating_usn)]


def say_attribute(attribute):
    return [attribute.attid & 0xFFFFFFFF, [bytes(v.blob).hex() for v in attribute.value_ctr.values or []]]


def say_stamps(vector):
    return [say_stamp(stamp) for stamp in vector.meta_data]


def say_entry(entry):
    return {
        "name": say_name(entry.object.identifier),
        "flags": entry.object.flags,
        "isRoot": entry.is_nc_prefix,
        "parent": entry.parent_object_guid and str(entry.parent_object_guid),
        "attributes": [say_attribute(a) for a in entry.object.attribute_ctr.attributes or []],
        "metadata": say_stamps(entry.meta_data_ctr),
    }


def say_link(link):
    return {
        "object": say_name(link.identifier),
        "type": link.attid & 0xFFFFFFFF,
        "value": bytes(link.value.blob).hex(),
        "isPresent": link.flags,
        "created": link.originating_add_time // STEPS_PER_SECOND,
        "metadata": say_stamp(link.meta_data),
    }


def say_reply(reply, version):
    entries = []
    entry = reply.first_object
    while entry:
        entries.append(say_entry(entry))
        entry = entry.next_object
    said = {
        "version": version,
        "dsa": str(reply.source_dsa_guid),
        "invocationId": str(reply.source_dsa_invocation_id),
        "name": say_name(reply.naming_context),
        "from": say_mark(reply.old_highwatermark),
        "to": say_mark(reply.new_highwatermark),
        "vector": say_cursors(reply.uptodateness_vector),
        "prefixes": say_prefixes(reply.mapping_ctr),
        "extendedResult": reply.extended_ret,
        "bytes": getattr(reply, "__ndr_size"),
        "entries": entries,
        "more": bool(reply.more_data),
    }
    if version == 6:
        said["estimates"] = [reply.nc_object_count, reply.nc_linked_attributes_count]
        said["links"] = [say_link(link) for link in reply.linked_attributes or []]
        said["error"] = reply.drs_error[0]
    return said


def say_pickle(pickle):
    if isinstance(pickle, drsuapi.DsGetNCChangesCtr1TS):
        return say_reply(pickle.ctr1, 1)
    return say_reply(pickle.ctr6, 6)


def say_request(call):
    request = call.in_req
    said = {
        "version": call.in_level,
        "handle": say_handle(call.in_bind_handle),
        "destination": str(request.destination_dsa_guid),
        "source": str(request.source_dsa_invocation_id),
        "name": say_name(request.naming_context),
        "usn": say_mark(request.highwatermark),
        "vector": say_cursors(request.uptodateness_vector),
        "options": request.replica_flags,
        "maxObjects": request.max_object_count,
        "maxBytes": request.max_ndr_size,
        "operation": [request.extended_op, str(request.fsmo_info)],
        "attributes": say_attribute_set(request.partial_attribute_set),
        "added": say_attribute_set(request.partial_attribute_set_ex),
        "prefixes": say_prefixes(request.mapping_ctr),
    }
    if call.in_level == 10:
        said["moreOptions"] = request.more_flags
    return said


def say_attribute_set(attributes):
    return [attid & 0xFFFFFFFF for attid in attributes.attids] if attributes else []


def say_handle(handle):
    return [handle.handle_type, str(handle.uuid)]


def say_extensions(extensions):
    info = extensions.info
    fields = ("repl_epoch", "supported_extensions_ext", "config_dn_guid", "supported_capabilities_ext")
    later = [getattr(info, field, None) for field in fields]
    return {
        "flags": info.supported_extensions,
        "site": str(info.site_guid),
        "pid": info.pid,
        "epoch": later[0] or 0,
        "extended": later[1],
        "configuration": later[2] and str(later[2]),
        "capabilities": later[3],
    }


def say_bind_request(call):
    return {"client": str(call.in_bind_guid), "extensions": say_extensions(call.in_bind_info)}


def say_bind_reply(call):
    handle = say_handle(call.out_bind_handle)
    return {"handle": handle, "extensions": say_extensions(call.out_bind_info), "status": call.result[0]}


def say_names_request(call):
    request = call.in_req
    return {
        "handle": say_handle(call.in_bind_handle),
        "flags": request.format_flags,
        "offered": request.format_offered & 0xFFFFFFFF,
        "desired": request.format_desired & 0xFFFFFFFF,
        "names": [name.str for name in request.names],
    }


def say_names_reply(call):
    items = call.out_ctr.array or []
    said = [[item.status & 0xFFFFFFFF, item.dns_domain_name, item.result_name] for item in items]
    return {"items": said, "status": call.result[0]}


def say_controllers_request(call):
    request = call.in_req
    return {"handle": say_handle(call.in_bind_handle), "domain": request.domain_name, "level": request.level}


CONTROLLER_NAMES = ("netbios_name", "dns_name", "site_name", "site_dn", "computer_dn", "server_dn", "ntds_dn")
CONTROLLER_FLAGS = ("is_pdc", "is_enabled", "is_gc", "is_rodc")
CONTROLLER_GUIDS = ("site_guid", "computer_guid", "server_guid", "ntds_guid")


def say_controller(item):
    def values(fields, say):
        return [say(getattr(item, field)) for field in fields if hasattr(item, field)]

    return [values(CONTROLLER_NAMES, lambda n: n), values(CONTROLLER_FLAGS, bool), values(CONTROLLER_GUIDS, str)]


def say_controllers_reply(call):
    items = [say_controller(item) for item in call.out_ctr.array or []]
    return {"level": call.out_level_out, "items": items, "status": call.result[0]}


# Random structures. Lists that are empty are left out, which is how we write them.


def guid(rng):
    return misc.GUID("%08x-%04x-%04x-%04x-%012x" % tuple(rng.getrandbits(n) for n in (32, 16, 16, 16, 48)))


def usn(rng):
    return rng.getrandbits(rng.choice((8, 40, 64)))


def time(rng):
    return rng.getrandbits(34) * STEPS_PER_SECOND


def some(rng, most, make):
    return [make(rng) for _ in range(rng.randrange(most + 1))]


def make_name(rng):
    name = drsuapi.DsReplicaObjectIdentifier()
    name.guid = guid(rng)
    if rng.random() < 0.7:
        name.sid = security.dom_sid("S-1-5-21-%d-%d-%d-%d" % tuple(rng.getrandbits(32) for _ in range(4)))
    letters = [chr(c) for c in range(32, 127)] + list("äß€漢🔑")
    name.dn = "".join(rng.choice(letters) for _ in range(rng.randrange(40)))
    return name


def fill_mark(rng, mark):
    mark.tmp_highest_usn, mark.reserved_usn, mark.highest_usn = usn(rng), usn(rng), usn(rng)


def make_cursors(rng, version):
    vector = drsuapi.DsReplicaCursor2CtrEx() if version == 2 else drsuapi.DsReplicaCursorCtrEx()
    vector.version = version
    cursors = []
    for _ in range(rng.randrange(1, 5)):
        cursor = drsuapi.DsReplicaCursor2() if version == 2 else drsuapi.DsReplicaCursor()
        cursor.source_dsa_invocation_id = guid(rng)
        cursor.highest_usn = usn(rng)
        cursors.append(cursor)
    vector.count = len(cursors)
    vector.cursors = cursors
    return vector


def make_mapping(rng):
    mapping = drsuapi.DsReplicaOIDMapping()
    mapping.id_prefix = rng.getrandbits(31)
    mapping.oid.binary_oid = list(rng.randbytes(rng.randrange(1, 12)))
    mapping.oid.length = len(mapping.oid.binary_oid)
    return mapping


def fill_prefixes(rng, table):
    mappings = [make_mapping(rng)] + some(rng, 4, make_mapping)
    table.num_mappings = len(mappings)
    table.mappings = mappings


def make_prefixes(rng):
    table = drsuapi.DsReplicaOIDMapping_Ctr()
    fill_prefixes(rng, table)
    return table


def fill_stamp(rng, stamp):
    stamp.version = rng.getrandbits(32)
    stamp.originating_change_time = time(rng)
    stamp.originating_invocation_id = guid(rng)
    stamp.originating_usn = usn(rng)


def make_stamp(rng):
    stamp = drsuapi.DsReplicaMetaData()
    fill_stamp(rng, stamp)
    return stamp


def make_value(rng):
    value = drsuapi.DsAttributeValue()
    value.blob = rng.randbytes(rng.randrange(20))
    return value


def make_attribute(rng):
    attribute = drsuapi.DsReplicaAttribute()
    attribute.attid = rng.getrandbits(31)
    values = some(rng, 4, make_value)
    attribute.value_ctr.num_values = len(values)
    if values:
        attribute.value_ctr.values = values
    return attribute


def make_stamps(rng, count):
    vector = drsuapi.DsReplicaMetaDataCtr()
    vector.count = count
    vector.meta_data = [make_stamp(rng) for _ in range(count)]
    return vector


def make_entry(rng):
    entry = drsuapi.DsReplicaObjectListItemEx()
    entry.object.identifier = make_name(rng)
    entry.object.flags = rng.getrandbits(2)
    entry.is_nc_prefix = rng.getrandbits(1)
    attributes = some(rng, 5, make_attribute)
    entry.object.attribute_ctr.num_attributes = len(attributes)
    if attributes:
        entry.object.attribute_ctr.attributes = attributes
    if rng.random() < 0.5:
        entry.parent_object_guid = guid(rng)
    entry.meta_data_ctr = make_stamps(rng, len(attributes))
    return entry


def make_link(rng):
    link = drsuapi.DsReplicaLinkedAttribute()
    link.identifier = make_name(rng)
    link.attid = rng.getrandbits(31)
    link.value.blob = rng.randbytes(rng.randrange(1, 50))
    link.flags = rng.getrandbits(1)
    link.originating_add_time = time(rng)
    fill_stamp(rng, link.meta_data)
    return link


def fill_reply(rng, reply, version):
    reply.source_dsa_guid = guid(rng)
    reply.source_dsa_invocation_id = guid(rng)
    if rng.random() < 0.8:
        reply.naming_context = make_name(rng)
    fill_mark(rng, reply.old_highwatermark)
    fill_mark(rng, reply.new_highwatermark)
    if rng.random() < 0.5:
        reply.uptodateness_vector = make_cursors(rng, 1 if version == 1 else 2)
    fill_prefixes(rng, reply.mapping_ctr)
    reply.extended_ret = rng.randrange(17)
    entries = some(rng, 5, make_entry)
    for entry, following in zip(entries, entries[1:]):
        entry.next_object = following
    reply.object_count = len(entries)
    if entries:
        reply.first_object = entries[0]
    reply.more_data = rng.getrandbits(1)
    if version == 6:
        reply.nc_object_count = rng.getrandbits(31)
        reply.nc_linked_attributes_count = rng.getrandbits(31)
        links = some(rng, 3, make_link)
        reply.linked_attributes_count = len(links)
        if links:
            reply.linked_attributes = links
    return reply


def make_reply_1(rng):
    call = drsuapi.DsGetNCChanges()
    call.out_level_out = 1
    call.out_ctr = fill_reply(rng, drsuapi.DsGetNCChangesCtr1(), 1)
    return call


def make_reply_6(rng):
    call = drsuapi.DsGetNCChanges()
    call.out_level_out = 6
    call.out_ctr = fill_reply(rng, drsuapi.DsGetNCChangesCtr6(), 6)
    return call


def make_pickle_1(rng):
    pickle = drsuapi.DsGetNCChangesCtr1TS()
    pickle.ctr1 = fill_reply(rng, drsuapi.DsGetNCChangesCtr1(), 1)
    return pickle


def make_pickle_6(rng):
    pickle = drsuapi.DsGetNCChangesCtr6TS()
    pickle.ctr6 = fill_reply(rng, drsuapi.DsGetNCChangesCtr6(), 6)
    return pickle


def make_pickle(rng):
    return rng.choice((make_pickle_1, make_pickle_6))(rng)


def make_attribute_set(rng):
    attributes = drsuapi.DsPartialAttributeSet()
    attributes.version = 1
    attids = sorted(rng.getrandbits(31) for _ in range(rng.randrange(1, 8)))
    attributes.attids = attids
    attributes.num_attids = len(attids)
    return attributes


def make_request(rng):
    call = drsuapi.DsGetNCChanges()
    call.in_level = rng.choice((8, 10))
    request = drsuapi.DsGetNCChangesRequest8() if call.in_level == 8 else drsuapi.DsGetNCChangesRequest10()
    request.destination_dsa_guid = guid(rng)
    request.source_dsa_invocation_id = guid(rng)
    request.naming_context = make_name(rng)
    fill_mark(rng, request.highwatermark)
    if rng.random() < 0.5:
        request.uptodateness_vector = make_cursors(rng, 1)
    request.replica_flags = rng.getrandbits(31)
    request.max_object_count = rng.getrandbits(31)
    request.max_ndr_size = rng.getrandbits(31)
    request.extended_op = rng.randrange(8)
    request.fsmo_info = rng.getrandbits(64)
    if rng.random() < 0.7:
        request.partial_attribute_set = make_attribute_set(rng)
    if rng.random() < 0.2:
        request.partial_attribute_set_ex = make_attribute_set(rng)
    fill_prefixes(rng, request.mapping_ctr)
    if call.in_level == 10:
        request.more_flags = rng.getrandbits(1)
    call.in_req = request
    call.in_bind_handle = make_handle(rng)
    return call


def make_handle(rng):
    handle = misc.policy_handle()
    handle.handle_type = rng.getrandbits(31)
    handle.uuid = guid(rng)
    return handle


def make_extensions(rng):
    length = rng.choice((24, 28, 48, 52))  # the bindings cannot pack 32
    info = getattr(drsuapi, "DsBindInfo%d" % length)()
    info.supported_extensions = rng.getrandbits(32)
    info.site_guid = guid(rng)
    info.pid = rng.getrandbits(31)
    if length >= 28:
        info.repl_epoch = rng.getrandbits(31)
    if length >= 48:
        info.supported_extensions_ext = rng.getrandbits(11)
        info.config_dn_guid = guid(rng)
    if length >= 52:
        info.supported_capabilities_ext = rng.getrandbits(11)
    extensions = drsuapi.DsBindInfoCtr()
    extensions.length = length
    extensions.info = info
    return extensions


def make_bind_request(rng):
    call = drsuapi.DsBind()
    call.in_bind_guid = guid(rng)
    call.in_bind_info = make_extensions(rng)
    return call


def make_bind_reply(rng):
    call = drsuapi.DsBind()
    call.out_bind_info = make_extensions(rng)
    call.out_bind_handle = make_handle(rng)
    return call


def text(rng):
    return "".join(rng.choice("abcdefghijklmnop-.=,äß€漢🔑") for _ in range(rng.randrange(20)))


def maybe_text(rng):
    return text(rng) if rng.random() < 0.8 else None


def make_names_request(rng):
    def make_name_string(rng):
        name = drsuapi.DsNameString()
        name.str = text(rng)
        return name

    request = drsuapi.DsNameRequest1()
    request.codepage, request.language = rng.getrandbits(16), rng.getrandbits(16)
    request.format_flags = rng.getrandbits(31)
    request.format_offered, request.format_desired = rng.randrange(13), rng.randrange(13)
    names = [make_name_string(rng) for _ in range(rng.randrange(1, 6))]
    request.names = names
    request.count = len(names)
    call = drsuapi.DsCrackNames()
    call.in_bind_handle = make_handle(rng)
    call.in_level = 1
    call.in_req = request
    return call


def make_names_reply(rng):
    def make_item(rng):
        item = drsuapi.DsNameInfo1()
        item.status = rng.randrange(8)
        item.dns_domain_name, item.result_name = maybe_text(rng), maybe_text(rng)
        return item

    names = drsuapi.DsNameCtr1()
    items = some(rng, 5, make_item)
    names.count = len(items)
    if items:
        names.array = items
    call = drsuapi.DsCrackNames()
    call.out_level_out = 1
    call.out_ctr = names
    return call


def make_controllers_request(rng):
    request = drsuapi.DsGetDCInfoRequest1()
    request.domain_name = text(rng)
    request.level = rng.randrange(1, 4)
    call = drsuapi.DsGetDomainControllerInfo()
    call.in_bind_handle = make_handle(rng)
    call.in_level = 1
    call.in_req = request
    return call


def make_controllers_reply(rng):
    level = rng.randrange(1, 4)

    def make_item(rng):
        item = getattr(drsuapi, "DsGetDCInfo%d" % level)()
        kinds = ((CONTROLLER_NAMES, maybe_text), (CONTROLLER_FLAGS, lambda r: r.getrandbits(1)), (CONTROLLER_GUIDS, guid))
        for fields, make in kinds:
            for field in fields:
                if hasattr(item, field):
                    setattr(item, field, make(rng))
        return item

    controllers = getattr(drsuapi, "DsGetDCInfoCtr%d" % level)()
    items = some(rng, 4, make_item)
    controllers.count = len(items)
    if items:
        controllers.array = items
    call = drsuapi.DsGetDomainControllerInfo()
    call.out_level_out = level
    call.out_ctr = controllers
    return call


def say_whole_reply(call):
    return say_reply(call.out_ctr, call.out_level_out)


changes = drsuapi.DsGetNCChanges
controllers = drsuapi.DsGetDomainControllerInfo
structures = {
    "bind request": (Input(drsuapi.DsBind), say_bind_request, make_bind_request),
    "bind reply": (Output(drsuapi.DsBind), say_bind_reply, make_bind_reply),
    "changes request": (Input(changes), say_request, make_request),
    "changes reply 1": (Output(changes), say_whole_reply, make_reply_1),
    "changes reply 6": (Output(changes), say_whole_reply, make_reply_6),
    "compressed changes reply": (Compressed(), say_pickle, make_pickle),
    "pickled changes reply 1": (Alone(drsuapi.DsGetNCChangesCtr1TS), say_pickle, make_pickle_1),
    "pickled changes reply 6": (Alone(drsuapi.DsGetNCChangesCtr6TS), say_pickle, make_pickle_6),
    "names request": (Input(drsuapi.DsCrackNames), say_names_request, make_names_request),
    "names reply": (Output(drsuapi.DsCrackNames), say_names_reply, make_names_reply),
    "controllers request": (Input(controllers), say_controllers_request, make_controllers_request),
    "controllers reply": (Output(controllers), say_controllers_reply, make_controllers_reply),
    "name": (Alone(drsuapi.DsReplicaObjectIdentifier), say_name, make_name),
    "metadata": (Alone(drsuapi.DsReplicaMetaDataCtr), say_stamps, lambda rng: make_stamps(rng, rng.randrange(6))),
}


def answer(question):
    form, say, make = structures[question["structure"]]
    ndr64 = question["ndr64"]
    if "stub" in question:
        return {"said": say(form.unpack(bytes.fromhex(question["stub"]), ndr64))}
    stub = form.pack(make(random.Random(question["seed"])), ndr64)
    return {"stub": stub.hex(), "said": say(form.unpack(stub, ndr64))}


for line in sys.stdin:
    try:
        result = answer(json.loads(line))
    except RuntimeError as error:  # what the bindings give for a stub that Samba refuses
        result = {"refused": str(error)}
    print(json.dumps(result), flush=True)
