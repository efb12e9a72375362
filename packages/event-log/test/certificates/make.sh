#!/bin/sh
# Makes the certificate, its own authority, that the tests of syslog over TLS use; it is for localhost. Its key protects nothing.
set -eu
cd "$(dirname "$0")"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout localhost.key -out localhost.pem -days 36500 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
