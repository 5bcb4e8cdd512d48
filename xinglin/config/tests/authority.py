"""A certificate authority for tests: certificates for servers and clients of this machine."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


class Authority:
    """Signs certificates; all files lie in one folder. ``root`` is what its friends trust."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self.folder, self.name = folder, name
        folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._own = self._certificate(name, self._key, days=30, issuer=None)
        self.root = self._write(f"{name}.pem", self._own.public_bytes(Encoding.PEM))

    def issue(self, name: str, *, days: float = 30) -> tuple[str, str]:
        """(certificate, key) as paths, good for ``name`` and, when it is localhost, 127.0.0.1."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(name, key, days=days, issuer=self._own)
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        stem = f"{self.name}-{name}"
        return (
            self._write(f"{stem}.crt", certificate.public_bytes(Encoding.PEM)),
            self._write(f"{stem}.key", plain),
        )

    def server(self, name: str = "localhost", *, days: float = 30, asks_clients: bool = False) -> ssl.SSLContext:
        """What a server speaks TLS with; ``asks_clients``: only with those whom this authority knows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(name, days=days))
        if asks_clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.root)
        return context

    def _write(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        path.chmod(0o600)
        return str(path)

    def _certificate(
        self, name: str, key: ec.EllipticCurvePrivateKey, *, days: float, issuer: x509.Certificate | None
    ) -> x509.Certificate:
        now, subject = datetime.now(UTC), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        if name == "localhost":
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=issuer is None, crl_sign=issuer is None, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 60 * DAY)
            .not_valid_after(now + days * DAY)
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        return builder.sign(self._key, hashes.SHA256())
