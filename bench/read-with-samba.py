#!/usr/bin/python3
"""Reads a domain with Samba's own DRSUAPI client, page by page, and says how long that took.

Standard input, as JSON: host, signIn, domain, realm, user, password, namingContext, attributes, pageObjects. Standard output, as JSON:
objects, seconds (from the first request to the last reply, without connecting and signing in).

Everything that costs time here is C: the calls, the sealing and the decoding of replies. Values stay encrypted, and no
object is looked at from Python.
"""
import json
import sys
import time

from samba.credentials import DONT_USE_KERBEROS, MUST_USE_KERBEROS, Credentials
from samba.dcerpc import drsuapi, misc
from samba.drs_utils import drs_DsBind
from samba.param import LoadParm

task = json.load(sys.stdin)
settings = LoadParm()
credentials = Credentials()
credentials.guess(settings)
credentials.set_domain(task["domain"])
credentials.set_username(task["user"])
credentials.set_password(task["password"])
if task["signIn"] == "kerberos":
    credentials.set_realm(task["realm"])
    credentials.set_kerberos_state(MUST_USE_KERBEROS)
else:
    credentials.set_kerberos_state(DONT_USE_KERBEROS)

connection = drsuapi.drsuapi("ncacn_ip_tcp:%s[seal]" % task["host"], settings, credentials)
handle, _ = drs_DsBind(connection)

request = drsuapi.DsGetNCChangesRequest10()
request.destination_dsa_guid = misc.GUID()
request.source_dsa_invocation_id = misc.GUID()
request.naming_context = drsuapi.DsReplicaObjectIdentifier()
request.naming_context.dn = task["namingContext"]
request.highwatermark = drsuapi.DsReplicaHighWaterMark()
request.uptodateness_vector = None
request.replica_flags = drsuapi.DRSUAPI_DRS_WRIT_REP | drsuapi.DRSUAPI_DRS_GET_NC_SIZE
request.max_object_count = task["pageObjects"]
request.max_ndr_size = 8 * 1024 * 1024
request.extended_op = drsuapi.DRSUAPI_EXOP_NONE
request.partial_attribute_set = drsuapi.DsPartialAttributeSet()
request.partial_attribute_set.version = 1
request.partial_attribute_set.attids = [getattr(drsuapi, "DRSUAPI_ATTID_" + name) for name in task["attributes"]]
request.partial_attribute_set.num_attids = len(task["attributes"])
request.partial_attribute_set_ex = None
request.mapping_ctr.num_mappings = 0
request.mapping_ctr.mappings = None

objects = 0
started = time.monotonic()
while True:
    _, reply = connection.DsGetNCChanges(handle, 10, request)
    objects += reply.object_count
    if not reply.more_data:
        break
    request.replica_flags = drsuapi.DRSUAPI_DRS_WRIT_REP
    request.source_dsa_invocation_id = reply.source_dsa_invocation_id
    request.highwatermark = reply.new_highwatermark
seconds = time.monotonic() - started
print(json.dumps({"objects": objects, "seconds": seconds}))
