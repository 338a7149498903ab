//! Trust in a server's own CA.

use std::sync::Arc;

use host_mock::Data;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;

/// Characters of a line of PEM (RFC 7468 §2).
const LINE: usize = 64;

/// A client's configuration that trusts this CA and nobody else.
#[track_caller]
pub(crate) fn client_config(authority: CertificateDer<'static>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let (Ok(()), Ok(builder)) = (roots.add(authority), builder) else {
        panic!("the server's CA cannot be used by rustls");
    };
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

/// The certificate in PEM form.
pub(crate) fn pem(certificate: &CertificateDer<'_>) -> String {
    // No certificate is UTF-8 (its length has a byte of 0x80 or more, after 0x30), and
    // such bytes are base64 in JSON.
    let json = serde_json::to_value(Data::from(certificate.to_vec()));
    let base64 = match &json {
        Ok(Value::Object(map)) => map.get("base64").and_then(Value::as_str),
        _ => None,
    };
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in base64.unwrap_or_default().as_bytes().chunks(LINE) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}
