#!/usr/bin/python3
"""Makes this host the first domain controller of a new child domain. The parent's domain controller serves, and its configuration already
names the child: the crossRef, the server and its NTDS settings.

Standard input, as JSON: server (full name of the parent's), user, realm, password (of an administrator of the parent), dnsName, netbiosName,
invocationId (the one in the NTDS settings).

The command samba-tool has no word for this, but the class that it joins with still knows most of the way. It does not set up the trust between
the two domains, nor DNS. That it would add the crossRef itself, by DsAddEntry, is of no use: Samba 4.17 never answers that call.
"""
import inspect
import json
import logging
import sys

import ldb
import samba
import samba.provision
from samba.auth import system_session
from samba.credentials import MUST_USE_KERBEROS, Credentials
from samba.dcerpc import drsuapi, misc, security
from samba.dsdb import DS_DOMAIN_FUNCTION_2008_R2, UF_SERVER_TRUST_ACCOUNT, UF_TRUSTED_FOR_DELEGATION
from samba.join import DCJoinContext
from samba.param import LoadParm
from samba.provision import FILL_SUBDOMAIN, fill_samdb, provision_fill
from samba.samdb import SamDB
from samba import Ldb

task = json.load(sys.stdin)
settings = LoadParm()
settings.load_default()
credentials = Credentials()
credentials.guess(settings)
credentials.set_username(task["user"])
credentials.set_realm(task["realm"])
credentials.set_password(task["password"])
credentials.set_kerberos_state(MUST_USE_KERBEROS)
logger = logging.getLogger("join")

join = DCJoinContext(
    logger=logger, server=task["server"], creds=credentials, lp=settings, netbios_name=settings.get("netbios name")
)
join.subdomain = True
join.invocation_id = misc.GUID(task["invocationId"])
join.domain_name = task["netbiosName"]
join.dnsdomain = join.realm = task["dnsName"]
join.base_dn = samba.dn_from_dns_name(task["dnsName"])
join.domsid = security.dom_sid(task["domainSid"])
join.dnshostname = "%s.%s" % (join.myname.lower(), join.dnsdomain)
join.dns_backend = "NONE"
# The account, the SPNs and the RIDs of this host come with its own domain; nothing of them is in the parent's.
join.acct_dn = join.rid_manager_dn = None
join.secure_channel_type = misc.SEC_CHAN_BDC
join.userAccountControl = UF_SERVER_TRUST_ACCOUNT | UF_TRUSTED_FOR_DELEGATION
join.replica_flags |= drsuapi.DRSUAPI_DRS_WRIT_REP
join.domain_replica_flags = join.replica_flags
settings.set("workgroup", join.domain_name)
settings.set("realm", join.realm)
found = join.samdb.search(base=join.ntds_dn, scope=ldb.SCOPE_BASE, attrs=["objectGUID"])
join.ntds_guid = misc.GUID(found[0]["objectGUID"][0])

# For a child domain, this function of Samba 4.17 reads a variable that it has not set.
unset = '"MANAGEDSERVICE_DESCRIPTOR": managedservice_descr'
value = '"MANAGEDSERVICE_DESCRIPTOR": b64encode(get_managed_service_accounts_descriptor(names.domainsid)).decode("ascii")'
exec(inspect.getsource(fill_samdb).replace(unset, value), samba.provision.__dict__)

join.build_nc_lists()
join.join_provision()
join.join_replicate()

join.local_samdb = SamDB(url=join.local_samdb.url, session_info=system_session(), lp=join.lp, flags=0, global_schema=False)
join.local_samdb.set_invocation_id(str(join.invocation_id))
join.names.domainguid = task["domainGuid"]
provision_fill(
    join.local_samdb,
    Ldb(join.paths.secrets, session_info=system_session(), lp=join.lp),
    logger,
    join.names,
    join.paths,
    samdb_fill=FILL_SUBDOMAIN,
    # The level of a domain decides which keys its accounts get; the lab's others are of this one.
    dom_for_fun_level=DS_DOMAIN_FUNCTION_2008_R2,
    invocationid=str(join.invocation_id),
    machinepass=join.acct_pass,
    # Replaced by the caller.
    adminpass=samba.generate_random_password(24, 24),
    serverrole="active directory domain controller",
    lp=join.lp,
    hostip=join.names.hostip,
    dns_backend="NONE",
)
join.join_finalise()
