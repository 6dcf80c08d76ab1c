#!/usr/bin/env bash
# A reply of OpenSSL's own time-stamp authority that carries its signer's certificate and the authority's above it is
# verified by OpenSSL and read by asn1crypto (so by pyHanko), and cannot be opened by rfc3161-client: DER wants the set of
# certificates sorted, OpenSSL writes them in the order given. With the signer's certificate alone it opens.
#
# Versions: rfc3161-client 1.0.9, asn1crypto 1.5.1, OpenSSL 3 of the system
# Source: seen by running them, 2026-11-28; RFC 3161 section 2.4.2, ITU-T X.690 section 11.6 (order of sets)
# Who meets it: who checks the time-stamps of sealed papers with a strict reader, or runs an authority of his own
# Memory said: both verify it
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-$(command -v python3.13 || command -v python3)}
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check --no-compile 'rfc3161-client==1.0.9' 'asn1crypto==1.5.1' 'cryptography==50.0.2'
cd "$work"
cat >request.cnf <<'CNF'
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
nsComment = "a longer certificate than its issuer's, so that the order given is not the sorted one"
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha512
ess_cert_id_alg = sha256
CNF
echo 01 >serial
openssl req -x509 -config request.cnf -extensions root -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 30 \
    -subj '/CN=Example Root' 2>/dev/null
openssl req -config request.cnf -newkey rsa:2048 -nodes -keyout signer.key -out signer.csr \
    -subj '/CN=Example Time Stamping' 2>/dev/null
openssl x509 -req -in signer.csr -CA root.pem -CAkey root.key -set_serial 2 -days 30 -extfile request.cnf \
    -extensions signer -out signer.pem 2>/dev/null
printf 'sealed' >paper
openssl ts -query -config request.cnf -data paper -sha256 -cert -out query.tsq 2>/dev/null
openssl ts -reply -config request.cnf -queryfile query.tsq -out alone.tsr 2>/dev/null
openssl ts -reply -config request.cnf -queryfile query.tsq -chain root.pem -out chain.tsr 2>/dev/null
for reply in alone chain; do
    openssl ts -verify -queryfile query.tsq -in "$reply.tsr" -CAfile root.pem 2>/dev/null
done
"$work/venv/bin/python" - <<'PY'
import sys
from asn1crypto import tsp
from cryptography import x509
from rfc3161_client import VerifierBuilder, decode_timestamp_response

ROOT = x509.load_pem_x509_certificate(open("root.pem", "rb").read())
EXPECTED = {"alone": (1, "verified"), "chain": (2, "ValueError: InvalidSetOrdering")}


def strict(reply):
    try:
        answer = decode_timestamp_response(reply)
    except ValueError as error:
        return f"ValueError: {'InvalidSetOrdering' if 'InvalidSetOrdering' in str(error) else error}"
    verifier = VerifierBuilder().add_root_certificate(ROOT).build()
    return "verified" if verifier.verify_message(answer, b"sealed") else "refused"


seen = {}
for name in EXPECTED:
    reply = open(f"{name}.tsr", "rb").read()
    signed = tsp.TimeStampResp.load(reply)["time_stamp_token"]["content"]
    seen[name] = (len(signed["certificates"]), strict(reply))
    print(f"{name}: {seen[name][0]} certificates read by asn1crypto; rfc3161-client: {seen[name][1]}")
sys.exit(0 if seen == EXPECTED else "the behavior has changed")
PY
