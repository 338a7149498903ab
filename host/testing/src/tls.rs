//! Trust in a server's own CA.

use std::sync::Arc;

use pem::{EncodeConfig, LineEnding, Pem};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

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
    let unix = EncodeConfig::new().set_line_ending(LineEnding::LF);
    pem::encode_config(&Pem::new("CERTIFICATE", certificate.to_vec()), unix)
}
