//! Certificates: the user's own, or made on first start and kept.
//!
//! Kept in the state folder: `ca.pem` (to be given to clients) and `host.pem`,
//! with their keys beside them. They are made anew when they
//! are missing, damaged, about to end, or do not cover the hosts asked for. A
//! lock orders hosts that start at the same time, and each file appears whole
//! or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;

use crate::config::CertificateSource;

/// The CA's certificate, to be given to clients.
const CA: &str = "ca.pem";
/// The CA's key.
const CA_KEY: &str = "ca-key.pem";
/// The certificate that is shown.
const LEAF: &str = "host.pem";
/// Its key.
const LEAF_KEY: &str = "host-key.pem";
/// What orders hosts that start at once.
const LOCK: &str = "certificates.lock";
/// Names that a certificate made here always covers.
const LOCAL_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// How long a CA is good for: long, since people install it.
const CA_DAYS: i64 = 3650;
/// How long a certificate is good for: clients refuse more than 398 days.
const LEAF_DAYS: i64 = 397;
/// What is good for less than this is made anew.
const RENEWAL_DAYS: i64 = 30;
/// Clocks may disagree by this much.
const CLOCK_SKEW_DAYS: i64 = 1;
/// How long another host may hold the lock. Making keys takes milliseconds.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertError {
    /// A file or folder of the state cannot be used.
    #[error("{} cannot be used for certificates", path.display())]
    State {
        /// What.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another host has held the lock for too long.
    #[error("{} has been locked by another host for {LOCK_TIMEOUT:?}", .0.display())]
    Locked(PathBuf),
    /// The user's own file cannot be read as PEM.
    #[error("{} is no {what} in PEM form: {reason}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Certificate and key cannot be used together.
    #[error("the certificate {} cannot be used with its key: {reason}", path.display())]
    Unusable {
        /// The certificate's file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A certificate could not be made, such as for an impossible name.
    #[error("no certificate could be made")]
    Make(#[from] rcgen::Error),
    /// What was made cannot be shown.
    #[error("the certificate that was made cannot be used")]
    Shown(#[from] rustls::Error),
}

/// A certificate to show, with its key.
#[derive(Debug)]
pub(crate) struct Obtained {
    pub(crate) certified: CertifiedKey,
    /// The file of host's own CA, if that has signed it and is kept.
    pub(crate) ca: Option<PathBuf>,
    /// The certificate of that CA.
    pub(crate) authority: Option<CertificateDer<'static>>,
}

/// The user's own certificate, or the one kept under `state`, which covers
/// `hosts` and the local ones. Waits for the disk and for other hosts.
pub(crate) fn obtain(
    source: &CertificateSource,
    state: &Path,
    hosts: &[String],
    provider: &Arc<CryptoProvider>,
) -> Result<Obtained, CertError> {
    if let CertificateSource::Files { cert, key } = source {
        let certified = load(cert, key, provider)?;
        return Ok(Obtained {
            certified,
            ca: None,
            authority: None,
        });
    }
    let store = Store {
        folder: state.to_owned(),
        provider: Arc::clone(provider),
    };
    let certified = store.obtain(&covered(hosts))?;
    let ca = store.path(CA);
    Ok(Obtained {
        certified,
        authority: certificates(&ca)?.into_iter().next(),
        ca: Some(ca),
    })
}

/// The names of a certificate for these hosts: the local ones are always among
/// them.
pub(crate) fn covered(hosts: &[String]) -> Vec<String> {
    let mut names: Vec<String> = LOCAL_HOSTS.map(str::to_owned).into();
    names.extend_from_slice(hosts);
    names.sort();
    names.dedup();
    names
}

fn pem(path: &Path, what: &'static str, error: pem::Error) -> CertError {
    CertError::Pem {
        path: path.to_owned(),
        what,
        reason: match error {
            pem::Error::Io(error) => error.to_string(),
            pem::Error::NoItemsFound => "there is none in the file".to_owned(),
            error => error.to_string(),
        },
    }
}

/// The certificates of a PEM file, of which there must be one.
pub(crate) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, CertError> {
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| pem(file, "certificate", error))?;
    match certificates.is_empty() {
        true => Err(pem(file, "certificate", pem::Error::NoItemsFound)),
        false => Ok(certificates),
    }
}

/// Loads the user's own certificate.
fn load(cert: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, CertError> {
    let chain = certificates(cert)?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|e| pem(key, "private key", e))?;
    CertifiedKey::from_der(chain, key, provider).map_err(|error| CertError::Unusable {
        path: cert.to_owned(),
        reason: match error {
            rustls::Error::InconsistentKeys(_) => "the key belongs to another".to_owned(),
            error => error.to_string(),
        },
    })
}

/// The folder of certificates.
struct Store {
    folder: PathBuf,
    provider: Arc<CryptoProvider>,
}

impl Store {
    /// The certificate for these names, made first where that is needed.
    fn obtain(&self, names: &[String]) -> Result<CertifiedKey, CertError> {
        // Others may not even list it: keys are inside.
        let mut builder = DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(&self.folder);
        made.map_err(|source| self.failed(&self.folder, source))?;
        let _lock = self.lock()?;

        if let Some(certified) = self.kept(names) {
            return Ok(certified);
        }
        let issuer = match self.kept_ca() {
            Some(issuer) => issuer,
            None => self.make_ca()?,
        };
        self.make_leaf(names, &issuer)?;
        load(&self.path(LEAF), &self.path(LEAF_KEY), &self.provider)
    }

    /// The kept certificate, if it will do: its key fits, the kept CA has
    /// signed it, it covers every name, and will still do so in a while.
    fn kept(&self, names: &[String]) -> Option<CertifiedKey> {
        self.kept_ca()?;
        let certified = load(&self.path(LEAF), &self.path(LEAF_KEY), &self.provider);
        let certified = certified.ok()?;
        let ca = CertificateDer::from_pem_file(self.path(CA)).ok()?;
        let mut roots = RootCertStore::empty();
        roots.add(ca).ok()?;
        let provider = Arc::clone(&self.provider);
        let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider)
            .build()
            .ok()?;
        let then = now() + time::Duration::days(RENEWAL_DAYS);
        let then = Duration::from_secs(u64::try_from(then.unix_timestamp()).ok()?);
        let then = UnixTime::since_unix_epoch(then);
        let (leaf, chain) = certified.cert.split_first()?;
        for name in names {
            // A wildcard covers any one label in its place (RFC 6125 §6.4.3).
            let name = name.replace('*', "x");
            let name = ServerName::try_from(name).ok()?;
            verifier
                .verify_server_cert(leaf, chain, &name, &[], then)
                .ok()?;
        }
        Some(certified)
    }

    /// The kept CA, unless it is damaged or about to end.
    fn kept_ca(&self) -> Option<Issuer<'static, KeyPair>> {
        let (cert, key) = (self.path(CA), self.path(CA_KEY));
        load(&cert, &key, &self.provider).ok()?;
        let pem = fs::read_to_string(&cert).ok()?;
        let (_, parsed) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).ok()?;
        let end = parsed.parse_x509().ok()?.validity().not_after.timestamp();
        let needed = now() + time::Duration::days(LEAF_DAYS);
        if end < needed.unix_timestamp() {
            return None;
        }
        let key = KeyPair::from_pem(&fs::read_to_string(&key).ok()?).ok()?;
        Issuer::from_ca_cert_pem(&pem, key).ok()
    }

    fn make_ca(&self) -> Result<Issuer<'static, KeyPair>, CertError> {
        let (cert, issuer) = make_ca()?;
        self.write(CA_KEY, &issuer.key().serialize_pem(), 0o600)?;
        self.write(CA, &cert.pem(), 0o644)?;
        Ok(issuer)
    }

    fn make_leaf(&self, names: &[String], issuer: &Issuer<'_, KeyPair>) -> Result<(), CertError> {
        let (cert, key) = make_leaf(names, issuer)?;
        self.write(LEAF_KEY, &key.serialize_pem(), 0o600)?;
        self.write(LEAF, &cert.pem(), 0o644)
    }

    /// Writes a file that appears whole or not at all.
    fn write(&self, name: &str, content: &str, mode: u32) -> Result<(), CertError> {
        let path = self.path(name);
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(content.as_bytes())?;
            file.as_file()
                .set_permissions(Permissions::from_mode(mode))?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|source| self.failed(&path, source))
    }

    /// Waits for its turn. The kernel takes the lock from a holder that ends.
    fn lock(&self) -> Result<File, CertError> {
        let path = self.path(LOCK);
        let open = OpenOptions::new().create(true).append(true).open(&path);
        let file = open.map_err(|source| self.failed(&path, source))?;
        let (sender, locked) = mpsc::channel();
        // A thread, since nothing else waits for a lock with a bound. Should it
        // come too late, it lets go again.
        thread::spawn(move || {
            let result = file.lock().map(|()| file);
            let _ = sender.send(result);
        });
        match locked.recv_timeout(LOCK_TIMEOUT) {
            Ok(result) => result.map_err(|source| self.failed(&path, source)),
            Err(_) => Err(CertError::Locked(path)),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn failed(&self, path: &Path, source: io::Error) -> CertError {
        let path = path.to_owned();
        CertError::State { path, source }
    }
}

/// A new CA.
pub(crate) fn make_ca() -> Result<(Certificate, Issuer<'static, KeyPair>), rcgen::Error> {
    let mut params = params("host test CA", CA_DAYS, Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let cert = params.self_signed(&key)?;
    Ok((cert, Issuer::new(params, key)))
}

/// A new certificate for these names, and its key.
pub(crate) fn make_leaf(
    names: &[String],
    issuer: &Issuer<'_, KeyPair>,
) -> Result<(Certificate, KeyPair), rcgen::Error> {
    let mut params = params("host", LEAF_DAYS, names.to_vec())?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let cert = params.signed_by(&key, issuer)?;
    Ok((cert, key))
}

/// What both kinds of certificate have in common.
fn params(name: &str, days: i64, names: Vec<String>) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = now() - time::Duration::days(CLOCK_SKEW_DAYS);
    params.not_after = now() + time::Duration::days(days);
    Ok(params)
}

fn now() -> OffsetDateTime {
    SystemTime::now().into()
}

#[cfg(test)]
mod tests {
    use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection};

    use super::*;

    fn provider() -> Arc<CryptoProvider> {
        Arc::new(rustls::crypto::ring::default_provider())
    }

    fn obtain_for(state: &Path, hosts: &[&str]) -> Obtained {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        obtain(&CertificateSource::Made, state, &hosts, &provider()).unwrap()
    }

    /// Shakes hands in memory, the client trusting the CA alone.
    fn handshake(made: &Obtained, host: &str) -> Result<(), rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(made.ca.as_ref().unwrap()).unwrap())
            .unwrap();
        let client = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let resolver = rustls::sign::SingleCertAndKey::from(made.certified.clone());
        let server = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(resolver));
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let mut client = ClientConnection::new(Arc::new(client), name)?;
        let mut server = ServerConnection::new(Arc::new(server))?;
        while client.is_handshaking() || server.is_handshaking() {
            let mut wire = Vec::new();
            client.write_tls(&mut wire).unwrap();
            server.read_tls(&mut &wire[..]).unwrap();
            server.process_new_packets()?;
            wire.clear();
            server.write_tls(&mut wire).unwrap();
            client.read_tls(&mut &wire[..]).unwrap();
            client.process_new_packets()?;
        }
        Ok(())
    }

    #[test]
    fn clients_that_trust_the_ca_trust_the_host_by_every_name() {
        let state = tempfile::tempdir().unwrap();
        let made = obtain_for(state.path(), &["example.test", "*.example.test"]);
        for host in [
            "localhost",
            "127.0.0.1",
            "::1",
            "example.test",
            "a.example.test",
        ] {
            handshake(&made, host).unwrap_or_else(|error| panic!("{host}: {error}"));
        }
        assert!(handshake(&made, "other.test").is_err());
    }

    #[test]
    fn what_is_kept_is_used_again_until_it_will_not_do() {
        let state = tempfile::tempdir().unwrap();
        let certs = state.path();
        let content = |made: &Obtained| {
            let ca = fs::read(made.ca.as_ref().unwrap()).unwrap();
            (ca, made.certified.cert.clone())
        };
        let first = content(&obtain_for(state.path(), &["a.test"]));
        assert_eq!(content(&obtain_for(state.path(), &["a.test"])), first);
        assert_eq!(content(&obtain_for(state.path(), &[])), first);

        let other_host = content(&obtain_for(state.path(), &["b.test"]));
        assert_eq!(other_host.0, first.0, "the CA stays");
        assert_ne!(other_host.1, first.1);

        fs::write(certs.join("host.pem"), "damaged").unwrap();
        let repaired = obtain_for(state.path(), &["b.test"]);
        handshake(&repaired, "b.test").unwrap();

        fs::remove_file(certs.join("ca-key.pem")).unwrap();
        let renewed = obtain_for(state.path(), &["b.test"]);
        assert_ne!(content(&renewed).0, first.0);
        handshake(&renewed, "b.test").unwrap();
    }

    #[test]
    fn what_is_about_to_end_is_made_anew() {
        let state = tempfile::tempdir().unwrap();
        let store = Store {
            folder: state.path().to_owned(),
            provider: provider(),
        };
        let made = obtain_for(state.path(), &[]);
        let issuer = store.kept_ca().unwrap();
        let mut short = params(
            "host",
            RENEWAL_DAYS - 1,
            LOCAL_HOSTS.map(str::to_owned).into(),
        );
        let short = short.as_mut().unwrap();
        let key = KeyPair::generate().unwrap();
        let cert = short.signed_by(&key, &issuer).unwrap();
        store
            .write("host-key.pem", &key.serialize_pem(), 0o600)
            .unwrap();
        store.write("host.pem", &cert.pem(), 0o644).unwrap();
        let renewed = obtain_for(state.path(), &[]);
        assert_ne!(renewed.certified.cert[0], *cert.der());
        assert_ne!(renewed.certified.cert, made.certified.cert);
    }

    #[test]
    fn keys_are_for_their_owner_only() {
        let state = tempfile::tempdir().unwrap();
        obtain_for(&state.path().join("new"), &[]);
        let mode = |name: &str| {
            let metadata = fs::metadata(state.path().join("new").join(name)).unwrap();
            metadata.permissions().mode() & 0o777
        };
        assert_eq!(mode(""), 0o700);
        assert_eq!(mode("ca-key.pem"), 0o600);
        assert_eq!(mode("host-key.pem"), 0o600);
        assert_eq!(mode("ca.pem"), 0o644);
    }

    #[test]
    fn hosts_that_start_at_once_agree() {
        let state = tempfile::tempdir().unwrap();
        let made: Vec<Obtained> = thread::scope(|scope| {
            let start = || scope.spawn(|| obtain_for(state.path(), &[]));
            let threads: Vec<_> = (0..8).map(|_| start()).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        for one in &made {
            handshake(one, "localhost").unwrap();
            assert_eq!(one.certified.cert, made[0].certified.cert);
        }
    }

    #[test]
    fn the_users_own_files_are_named_when_they_are_wrong() {
        let state = tempfile::tempdir().unwrap();
        obtain_for(state.path(), &[]);
        let at = |name: &str| state.path().join(name);
        let load = |cert: &str, key: &str| load(&at(cert), &at(key), &provider());
        assert!(load("host.pem", "host-key.pem").is_ok());
        for (cert, key, expected) in [
            ("none.pem", "host-key.pem", "none.pem is no certificate"),
            (
                "host-key.pem",
                "host-key.pem",
                "host-key.pem is no certificate in PEM form: there is none",
            ),
            (
                "host.pem",
                "ca.pem",
                "ca.pem is no private key in PEM form: there is none",
            ),
            (
                "host.pem",
                "ca-key.pem",
                "cannot be used with its key: the key belongs to another",
            ),
        ] {
            let error = load(cert, key).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
