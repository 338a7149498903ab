//! Names for TLS's numbers, from IANA's registry of TLS parameters.

use rustls::{CipherSuite, NamedGroup, SignatureScheme};

fn named(name: Option<&str>, number: u16) -> String {
    let name = match name {
        _ if is_grease(number) => "GREASE",
        Some(name) => name,
        None => "unknown",
    };
    format!("{name}({number})")
}

/// Values that mean nothing, to keep servers tolerant (RFC 8701 §2).
fn is_grease(number: u16) -> bool {
    let [high, low] = number.to_be_bytes();
    high == low && low & 0x0f == 0x0a
}

pub(crate) fn version(number: u16) -> String {
    let name = match number {
        0x0300 => Some("SSLv3"),
        0x0301 => Some("TLSv1.0"),
        0x0302 => Some("TLSv1.1"),
        0x0303 => Some("TLSv1.2"),
        0x0304 => Some("TLSv1.3"),
        _ => None,
    };
    named(name, number)
}

pub(crate) fn cipher(number: u16) -> String {
    let suite = CipherSuite::from(number);
    // rustls tells TLS 1.3's suites apart by a prefix that IANA lacks.
    let name = suite
        .as_str()
        .map(|name| name.replacen("TLS13_", "TLS_", 1));
    named(name.as_deref(), number)
}

pub(crate) fn group(number: u16) -> String {
    let name = NamedGroup::from(number)
        .as_str()
        .map(str::to_ascii_lowercase);
    named(name.as_deref(), number)
}

pub(crate) fn signature(number: u16) -> String {
    let scheme = SignatureScheme::from(number);
    named(
        match scheme {
            SignatureScheme::ECDSA_NISTP256_SHA256 => Some("ecdsa_secp256r1_sha256"),
            SignatureScheme::ECDSA_NISTP384_SHA384 => Some("ecdsa_secp384r1_sha384"),
            SignatureScheme::ECDSA_NISTP521_SHA512 => Some("ecdsa_secp521r1_sha512"),
            SignatureScheme::RSA_PSS_SHA256 => Some("rsa_pss_rsae_sha256"),
            SignatureScheme::RSA_PSS_SHA384 => Some("rsa_pss_rsae_sha384"),
            SignatureScheme::RSA_PSS_SHA512 => Some("rsa_pss_rsae_sha512"),
            SignatureScheme::RSA_PKCS1_SHA1 => Some("rsa_pkcs1_sha1"),
            SignatureScheme::RSA_PKCS1_SHA256 => Some("rsa_pkcs1_sha256"),
            SignatureScheme::RSA_PKCS1_SHA384 => Some("rsa_pkcs1_sha384"),
            SignatureScheme::RSA_PKCS1_SHA512 => Some("rsa_pkcs1_sha512"),
            SignatureScheme::ED25519 => Some("ed25519"),
            SignatureScheme::ED448 => Some("ed448"),
            _ => None,
        },
        number,
    )
}

pub(crate) fn extension(number: u16) -> String {
    let name = match number {
        0 => "server_name",
        1 => "max_fragment_length",
        5 => "status_request",
        10 => "supported_groups",
        11 => "ec_point_formats",
        13 => "signature_algorithms",
        14 => "use_srtp",
        15 => "heartbeat",
        16 => "application_layer_protocol_negotiation",
        17 => "status_request_v2",
        18 => "signed_certificate_timestamp",
        19 => "client_certificate_type",
        20 => "server_certificate_type",
        21 => "padding",
        22 => "encrypt_then_mac",
        23 => "extended_master_secret",
        24 => "token_binding",
        27 => "compress_certificate",
        28 => "record_size_limit",
        34 => "delegated_credential",
        35 => "session_ticket",
        41 => "pre_shared_key",
        42 => "early_data",
        43 => "supported_versions",
        44 => "cookie",
        45 => "psk_key_exchange_modes",
        47 => "certificate_authorities",
        48 => "oid_filters",
        49 => "post_handshake_auth",
        50 => "signature_algorithms_cert",
        51 => "key_share",
        57 => "quic_transport_parameters",
        13_172 => "next_protocol_negotiation",
        // What browsers use beside the registry.
        17_513 => "application_settings",
        17_613 => "application_settings_new",
        65_037 => "encrypted_client_hello",
        65_281 => "renegotiation_info",
        _ => return named(None, number),
    };
    named(Some(name), number)
}
