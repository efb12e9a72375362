#!/bin/sh
# Makes the certificates that the tests of certificate checks use, each with its own fault. Their keys protect nothing.
# ca.pem issues all but stranger.pem; every certificate but other-name.pem is for localhost.
set -eu
cd "$(dirname "$0")"
trap 'rm -f ca.key request.pem extensions index* serial* ca.conf 0?.pem' EXIT
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n' > ca.conf
: > index
echo 01 > serial
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
issue() { # NAME SUBJECT EXTENSION FROM TO KEY SIGNER…
  printf '%s\n' "$3" > extensions
  openssl req -new -key "$6" -subj "/CN=$2" -out request.pem
  name=$1 from=$4 to=$5
  shift 6
  openssl ca -batch -config ca.conf "$@" -in request.pem -notext -startdate "$from" -enddate "$to" \
    -extfile extensions -out "$name.pem" 2>/dev/null
}
past=20200101000000Z far=21200101000000Z
key ca.key
key server.key
issue ca 'Causeway test authority' basicConstraints=critical,CA:TRUE $past $far ca.key -selfsign -keyfile ca.key
by_ca='-cert ca.pem -keyfile ca.key'
issue valid localhost subjectAltName=DNS:localhost $past $far server.key $by_ca
issue expired localhost subjectAltName=DNS:localhost $past 20210101000000Z server.key $by_ca
issue future localhost subjectAltName=DNS:localhost 21000101000000Z $far server.key $by_ca
issue other-name dc2 subjectAltName=DNS:dc2.corp.contoso.test $past $far server.key $by_ca
issue stranger localhost subjectAltName=DNS:localhost $past $far server.key -selfsign -keyfile server.key
