#!/usr/bin/env python3
"""Sign letters by every kind of key that OpenSSL writes, and let dkimpy, which shares no code with us, check them.

    dkim_check.py target/release/groundswell          (needs: pip install dkimpy pynacl; openssl)

Prints one line a case; exits 1 if a good signature fails, or a letter that was changed on the way passes.
"""
import base64, glob, os, subprocess, sys, tempfile

import dkim


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, **more)


def settings(folder, key):
    path = os.path.join(folder, "groundswell.toml")
    with open(path, "w") as f:
        f.write(f'''
[data]
folder = "{folder}/data"
[mail]
transport = "spool"
from = "groundswell at Aster <groundswell@example.org>"
[mail.spool]
folder = "{folder}/mail"
[mail.dkim]
selector = "lab"
key_file = "{key}"
''')
    return path


def public(key, kind):
    der = run("openssl", "pkey", "-in", key, "-pubout", "-outform", "DER").stdout
    if kind == "ed25519":
        der = der[-32:]
    return f"v=DKIM1; k={kind}; p={base64.b64encode(der).decode()}".encode()


KEYS = {
    "RSA 2048, PKCS#8": ("rsa", ["openssl", "genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
    "RSA 2048, PKCS#1": ("rsa", ["openssl", "genrsa", "-traditional", "2048"]),
    "Ed25519, PKCS#8": ("ed25519", ["openssl", "genpkey", "-algorithm", "ed25519"]),
}


def main():
    groundswell, wrong = sys.argv[1], 0
    for name, (kind, make) in KEYS.items():
        with tempfile.TemporaryDirectory() as folder:
            key = os.path.join(folder, "key.pem")
            with open(key, "wb") as f:
                f.write(run(*[w for w in make if w != "-quiet"]).stdout)
            run(groundswell, "mail", "test", "you@example.org", "--config", settings(folder, key))
            letter = open(glob.glob(f"{folder}/mail/*.eml")[0], "rb").read()
            record = public(key, kind)
            asked = []

            def dns(name, timeout=5):
                asked.append(name)
                return record

            checks = {
                "passes": dkim.verify(letter, dnsfunc=dns),
                "with another subject it does not": not dkim.verify(letter.replace(b"Subject: ", b"Subject: Re: ", 1), dnsfunc=dns),
                "with a header added that is signed as absent it does not": not dkim.verify(b"List-Unsubscribe: <https://evil.example>\r\n" + letter, dnsfunc=dns),
                "with another body it does not": not dkim.verify(letter.replace(b"mail server", b"male server"), dnsfunc=dns),
                "the key is looked for in the right place": set(asked) == {b"lab._domainkey.example.org."},
            }
            for what, holds in checks.items():
                print(f"{'ok  ' if holds else 'FAIL'} {name}: {what}")
                wrong += not holds
    sys.exit(1 if wrong else 0)


main()
