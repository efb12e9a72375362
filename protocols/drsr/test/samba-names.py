#!/usr/bin/python3
"""Asks Samba's own drsuapi codec about CrackNames and DomainControllerInfo, as a program of its own: one JSON command a line in, one JSON answer a line out.

{"do": "crackRequest" | "infoRequest", "stub": HEX, "ndr64": BOOL}      what a request says
{"do": "crackReply" | "infoReply", "seed": N, "ndr64": BOOL}            a random reply, with what it says
"""
import json
import random
import sys

from samba.dcerpc import drsuapi, misc
from samba.ndr import ndr_pack_out, ndr_unpack_in


def crack_request(stub, ndr64):
    call = drsuapi.DsCrackNames()
    ndr_unpack_in(call, stub, ndr64=ndr64)
    req = call.in_req
    return {
        "flags": req.format_flags,
        "formatOffered": req.format_offered & 0xFFFFFFFF,
        "formatDesired": req.format_desired & 0xFFFFFFFF,
        "names": [name.str for name in req.names],
    }


def info_request(stub, ndr64):
    call = drsuapi.DsGetDomainControllerInfo()
    ndr_unpack_in(call, stub, ndr64=ndr64)
    return {"domain": call.in_req.domain_name, "level": call.in_req.level}


def text(rng):
    if rng.random() < 0.2:
        return None
    return "".join(rng.choice("abcdefghijklmnop-.=,äß€漢") for _ in range(rng.randrange(20)))


def guid(rng):
    return misc.GUID("%08x-%04x-%04x-%04x-%012x" % tuple(rng.getrandbits(n) for n in (32, 16, 16, 16, 48)))


def crack_reply(rng, ndr64):
    items = []
    for _ in range(rng.randrange(1, 6)):
        item = drsuapi.DsNameInfo1()
        item.status = rng.randrange(8)
        item.dns_domain_name = text(rng)
        item.result_name = text(rng)
        items.append(item)
    ctr1 = drsuapi.DsNameCtr1()
    ctr1.count = len(items)
    ctr1.array = items
    call = drsuapi.DsCrackNames()
    call.out_level_out = 1
    call.out_ctr = ctr1
    said = [[item.status, item.dns_domain_name, item.result_name] for item in items]
    return {"stub": ndr_pack_out(call, ndr64=ndr64).hex(), "items": said}


NAMES = {
    "netbiosName": "netbios_name",
    "dnsHostName": "dns_name",
    "siteName": "site_name",
    "siteDn": "site_dn",
    "computerDn": "computer_dn",
    "serverDn": "server_dn",
    "dsaDn": "ntds_dn",
}
FLAGS = {"isPdc": "is_pdc", "isEnabled": "is_enabled", "isGlobalCatalog": "is_gc", "isReadOnly": "is_rodc"}
GUIDS = {"siteGuid": "site_guid", "computerGuid": "computer_guid", "serverGuid": "server_guid", "dsaGuid": "ntds_guid"}


def info_reply(rng, ndr64):
    level = rng.randrange(1, 4)
    items = []
    said = []
    for _ in range(rng.randrange(1, 5)):
        item = getattr(drsuapi, "DsGetDCInfo%d" % level)()
        values = {}
        for fields, make in ((NAMES, text), (FLAGS, lambda r: r.randrange(2)), (GUIDS, guid)):
            for ours, theirs in fields.items():
                if not hasattr(item, theirs):
                    continue
                value = make(rng)
                setattr(item, theirs, value)
                values[ours] = str(value) if fields is GUIDS else bool(value) if fields is FLAGS else value
        items.append(item)
        said.append(values)
    ctr = getattr(drsuapi, "DsGetDCInfoCtr%d" % level)()
    ctr.count = len(items)
    ctr.array = items
    call = drsuapi.DsGetDomainControllerInfo()
    call.out_level_out = level
    call.out_ctr = ctr
    return {"stub": ndr_pack_out(call, ndr64=ndr64).hex(), "level": level, "items": said}


for line in sys.stdin:
    command = json.loads(line)
    do, ndr64 = command["do"], command["ndr64"]
    if do.endswith("Request"):
        answer = (crack_request if do == "crackRequest" else info_request)(bytes.fromhex(command["stub"]), ndr64)
    else:
        answer = (crack_reply if do == "crackReply" else info_reply)(random.Random(command["seed"]), ndr64)
    print(json.dumps(answer), flush=True)
